import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ALL_OPTIONS } from '../../src/cli/options.ts';
import { codeIn, PAGES, type Page, partsOf } from './page.ts';

const OWN = new Set([...Object.keys(ALL_OPTIONS), 'help', 'version']);

/** Options of other programs, which may stand where the program, or the page, is named. */
const OF_OTHERS: Readonly<Record<string, readonly string[]>> = {
  pg_timetable: [
    ...['clientname', 'connstr', 'cron-workers', 'debug', 'file', 'init', 'interval-workers'],
    ...['log-database-level', 'no-program-tasks', 'replace', 'rest-port', 'upgrade', 'validate'],
  ],
  ajv: ['package', 'spec'],
  apk: ['no-cache'],
  createdb: ['template'],
  docker: ['env-file', 'network', 'restart', 'rm'],
  git: ['follow-tags'],
  pg_dump: [
    ...[
      'column-inserts',
      'data-only',
      'dbname',
      'encoding',
      'exclude-schema',
      'extension',
      'file',
      'inserts',
    ],
    ...['schema', 'serializable-deferrable', 'table'],
  ],
  pg_repack: ['only-indexes'],
  pg_restore: ['clean', 'create'],
  psql: ['no-psqlrc', 'quiet', 'set'],
  systemctl: ['now'],
  'bench/README.md': ['growth', 'jobs', 'json', 'only', 'pairs', 'profile', 'quick'],
  mysqldump: ['password'],
};

/** The options in the code of a page that neither the tool nor a program named beside them has. */
function unknownOptions(page: Page): readonly string[] {
  const { elements, blocks } = partsOf(page);
  const code = [
    ...elements.map((element) => ({
      line: element.line,
      text: codeIn(element).join('\n'),
      beside: element.text,
    })),
    ...blocks.flatMap(({ line, lines }) => lines.map((text) => ({ line, text, beside: text }))),
  ];
  return code.flatMap(({ line, text, beside }) =>
    [...text.matchAll(/(?<![\w-])--([a-z][a-z0-9-]*)/g)]
      .map(([, name = '']) => name)
      .filter((name) => !OWN.has(name) && !isOfOther(name, `${page.file} ${beside}`))
      .map((name) => `${page.file}:${line}: --${name}`),
  );
}

function isOfOther(name: string, beside: string): boolean {
  return Object.entries(OF_OTHERS).some(
    ([program, options]) => options.includes(name) && beside.includes(program),
  );
}

describe('options in the code of the pages', () => {
  for (const [text, unknown] of [
    ['Use `--dry-run`.', []],
    ['Use `--dry-runs`.', ['docs/written.md:1: --dry-runs']],
    ['Start pg_timetable with `--init`.', []],
    ['Start it with `--init`.', ['docs/written.md:1: --init']],
    ['```sh\nnpx pga2timetable --sources x\n```', ['docs/written.md:1: --sources']],
  ] as const)
    test(`${JSON.stringify(text)} has ${unknown.length === 0 ? 'none that is unknown' : unknown[0]}`, () => {
      assert.deepEqual(unknownOptions({ file: 'docs/written.md', text }), unknown);
    });

  test('are options of the tool, or of a program that is named beside them', () => {
    assert.deepEqual(PAGES.flatMap(unknownOptions), []);
  });
});
