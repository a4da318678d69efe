import { readdirSync, readFileSync } from 'node:fs';
import { Failure } from '../model/failure.ts';
import { clip } from '../report/fold.ts';
import { docsFolder } from './docs-folder.ts';
import { closest } from './suggestion.ts';

const LONGEST_CODE = 28;
const SEVERITY_COLUMNS = 9;

/**
 * The page of an advisory, or the list of all codes, as text.
 * @param width of the terminal, columns
 * @throws Failure of code `usage` for a code that there is not
 */
export function explanation(code: string | null, width: number): string {
  const pages = new URL('advisories/', docsFolder());
  const codes = readdirSync(pages)
    .filter((file) => /^[a-z-]+\.md$/.test(file))
    .map((file) => file.slice(0, -3))
    .sort();
  const page = (of: string): string => readFileSync(new URL(`${of}.md`, pages), 'utf8');
  if (code === null) return codes.map((one) => lineOf(one, page(one), width)).join('');
  if (codes.includes(code)) return page(code);
  const close = closest(code, codes);
  throw new Failure(
    'usage',
    'There is no advisory of that code.',
    close.length > 0 ? `Did you mean ${close.join(' or ')}?` : 'To list the codes: pga2timetable explain',
  );
}

/** The pages of some advisories by their codes, as Markdown. */
export function pagesOf(codes: Iterable<string>): ReadonlyMap<string, string> {
  const pages = new URL('advisories/', docsFolder());
  return new Map(
    [...codes].map((code) => [code, readFileSync(new URL(`${code}.md`, pages), 'utf8')] as const),
  );
}

/** Code, severity and the first sentence of a page. */
function lineOf(code: string, page: string, width: number): string {
  const [, severity = ''] = /^Severity: (\w+)/m.exec(page) ?? [];
  const [, problem = ''] = /^## The problem\n\n([\s\S]*?[.:])(?:\s|$)/m.exec(page) ?? [];
  const sentence = problem.replaceAll(/\s+/g, ' ').replace(/:$/, '.');
  return `${clip(`${code.padEnd(LONGEST_CODE)} ${severity.padEnd(SEVERITY_COLUMNS)} ${sentence}`, width)}\n`;
}
