import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from '../../src/cli/command-line.ts';
import { readSettings } from '../../src/cli/read-settings.ts';
import { codeIn, PAGES, type Page, partsOf } from './page.ts';
import { commandsOf } from './shell-words.ts';

const PROGRAM = /^(?:\.\/|\S*\/)?pga2timetable(?:-\d+\.\d+\.\d+\.tgz|\.js)?$/;
/** Code in a sentence that is a command of the tool: with its name, or with the word of a command and an option. */
const IN_A_SENTENCE =
  /^(?:[A-Z0-9_]+=\S+ )*(?:npx (?:--yes )?)?(?:\.\/)?pga2timetable(?:-\d+\.\d+\.\d+\.tgz)?(?: |$)/;
const WITHOUT_NAME = /^(?:migrate|verify|undo|explain|schema) -/;
const CODES = new Set(PAGES.flatMap(({ file }) => /^docs\/advisories\/(.+)\.md$/.exec(file)?.[1] ?? []));

interface Call {
  readonly at: string;
  readonly words: readonly string[];
}

/** Every call of the tool that a page shows. */
function callsOf(page: Page): readonly Call[] {
  const { elements, blocks } = partsOf(page);
  const shown = elements.flatMap((element) =>
    codeIn(element).flatMap((code) => {
      if (WITHOUT_NAME.test(code))
        return { at: `${page.file}:${element.line}: ${code}`, words: code.split(' ') };
      return IN_A_SENTENCE.test(code) ? callsIn(code, `${page.file}:${element.line}`) : [];
    }),
  );
  const pasted = blocks
    .filter(({ language }) => ['sh', 'console', 'powershell', 'yaml'].includes(language))
    .flatMap(({ line, lines }) => lines.flatMap((text) => callsIn(text, `${page.file}:${line}`)));
  return [...shown, ...pasted];
}

function callsIn(line: string, at: string): readonly Call[] {
  return commandsOf(line).flatMap((words) => {
    const program = words.findIndex((word) => PROGRAM.test(word));
    return program < 0 ? [] : { at: `${at}: ${line.trim()}`, words: words.slice(program + 1).map(expanded) };
  });
}

/** A word with variables as the shell passes it on. */
function expanded(word: string): string {
  return word
    .replaceAll('$PGPORT', '5432')
    .replaceAll(/\$([A-Z]+)/g, (_, name: string) => name.toLowerCase());
}

/** What the tool itself says against a call; null where it takes it. */
async function objection({ words }: Call): Promise<string | null> {
  try {
    const parsed = await parse(words, '0');
    if (parsed.kind === 'options') readSettings(parsed.command, parsed.options, { HOME: '/' });
    if (
      parsed.kind === 'explain' &&
      parsed.code !== null &&
      parsed.code !== 'CODE' &&
      !CODES.has(parsed.code)
    )
      return `no page ${parsed.code}`;
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function refused(page: Page): Promise<readonly string[]> {
  const calls = await Promise.all(
    callsOf(page).map(async (call) => {
      const why = await objection(call);
      return why === null ? [] : `${call.at} -> ${why}`;
    }),
  );
  return calls.flat();
}

describe('command lines of the pages', () => {
  for (const [text, why] of [
    ['`npx pga2timetable --dry-run`', null],
    ['```sh\nnpx pga2timetable --source "host=db1 dbname=app" --dry-run  # plan\n```', null],
    ['```sh\nnpx pga2timetable --dry-runs\n```', /--dry-run/],
    ['```sh\nPGHOST=db1 npx pga2timetable -n | tee plan.txt\n```', null],
    ['```sh\nnpx --yes ./pga2timetable-0.1.0.tgz --overlap exactly\n```', /--overlap/],
    ['```sh\ndocker run --rm node:22 npx --yes ./pga2timetable-0.1.0.tgz --dry\n```', /dry/],
    ['`undo --paused`', /paused/],
    ['`pga2timetable verify --disable-source`', /disable-source/],
    ['`pga2timetable explain any-hosts`', /no page any-hosts/],
    ['`pga2timetable.job`, `GRANT USAGE ON SCHEMA pga2timetable TO "me";`', null],
  ] as const)
    test(`${JSON.stringify(text)} is ${why === null ? 'taken' : `refused with ${why}`}`, async () => {
      const found = await refused({ file: 'docs/written.md', text });
      if (why === null) assert.deepEqual(found, []);
      else assert.match(found[0] ?? '', why);
    });

  test('are all taken by the tool', async () => {
    const found = await Promise.all(PAGES.map(refused));
    assert.ok(PAGES.flatMap(callsOf).length > 60, String(PAGES.flatMap(callsOf).length));
    assert.deepEqual(found.flat(), []);
  });
});
