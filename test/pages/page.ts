import { readdirSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';

/** A page of the documentation. */
export interface Page {
  /** Its path in the repository: `docs/cutover.md`. */
  readonly file: string;
  readonly text: string;
}

/** A paragraph, an item of a list, a row of a table, or a heading. */
export interface Element {
  readonly page: string;
  /** Its first line, counted from 1. */
  readonly line: number;
  /** On one line. */
  readonly text: string;
}

/** A block between ``` lines. */
export interface Block {
  readonly page: string;
  readonly line: number;
  /** `sh`, `sql`, `` where it has none. */
  readonly language: string;
  /** Lines that end in a backslash are joined with the next one. */
  readonly lines: readonly string[];
}

const page = (file: string): Page => ({ file, text: readFileSync(file, 'utf8') });

/** Every page of the repository that a reader may open. */
export const PAGES: readonly Page[] = [
  ...['README.md', 'CONTRIBUTING.md', 'bench/README.md'],
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file.split(sep).join('/')}`)
    .sort(),
].map(page);

const FENCE = /^\s*```(\w*)\s*$/;
const STARTS_ELEMENT = /^(?:\s*(?:[-*]|\d+\.) |\||#)/;

/** What a page is made of, without its comments. */
export function partsOf({ file, text }: Page): {
  readonly elements: readonly Element[];
  readonly blocks: readonly Block[];
} {
  const elements: Element[] = [];
  const blocks: Block[] = [];
  // A comment leaves its line breaks, so that lines keep their numbers.
  const lines = text
    .replaceAll(/<!--[\s\S]*?-->/g, (comment) => comment.replaceAll(/[^\n]/g, ''))
    .split('\n');
  let open: { line: number; words: string[] } | null = null;
  const close = (): void => {
    if (open !== null) elements.push({ page: file, line: open.line, text: open.words.join(' ') });
    open = null;
  };
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const [, language] = FENCE.exec(line) ?? [];
    if (language !== undefined) {
      close();
      const end = lines.findIndex((other, index) => index > at && /^\s*```\s*$/.test(other));
      if (end < 0) throw new Error(`${file}:${at + 1}: a block that does not end`);
      const inside = lines
        .slice(at + 1, end)
        .join('\n')
        .replaceAll(/\\\n\s*/g, ' ');
      blocks.push({ page: file, line: at + 1, language, lines: inside.split('\n') });
      at = end;
    } else if (line.trim() === '') close();
    else {
      if (STARTS_ELEMENT.test(line)) close();
      open ??= { line: at + 1, words: [] };
      open.words.push(line.trim());
    }
  }
  close();
  return { elements, blocks };
}

/** The code between backticks in an element. */
export function codeIn({ text }: Element): readonly string[] {
  return [...text.matchAll(/(`+)(.+?)\1(?!`)/g)].map(([, , code = '']) => code.trim().replaceAll('\\|', '|'));
}

/** The statements below `<!-- MARK -->`. */
export function markedSql(file: string, mark: string): string {
  const { text } = page(file);
  const [, after] = text.split(`<!-- ${mark} -->\n`);
  const [, sql] = /^```sql\n([\s\S]*?)^```$/m.exec(after ?? '') ?? [];
  if (sql === undefined) throw new Error(`${file} has no SQL below ${mark}`);
  return sql;
}

/** What GitHub calls the headings of a page in its addresses. */
export function anchorsOf(some: Page): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const headings = partsOf(some).elements.filter(({ text }) => /^#+ /.test(text));
  return new Set(
    headings.map(({ text }) => {
      const name = text
        .replace(/^#+ /, '')
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-');
      const times = seen.get(name) ?? 0;
      seen.set(name, times + 1);
      return times === 0 ? name : `${name}-${times}`;
    }),
  );
}
