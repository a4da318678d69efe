import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ALL_OPTIONS, OPTIONS_OF } from '../../src/cli/options.ts';
import { pga2timetable } from './run.ts';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const pages = ['README.md', 'CONTRIBUTING.md', 'docs/mapping.md', 'docs/options.md'].map((page) =>
  readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8'),
);

test('the usage in the README is what --help prints (npm run usage)', async () => {
  const texts = await Promise.all(
    [[], ['verify'], ['undo'], ['explain'], ['schema']].map((words) => pga2timetable([...words, '--help'])),
  );
  for (const { code } of texts) assert.equal(code, 0);
  const [, usage] = /<!-- usage: [^\n]*-->\n```text\n([\s\S]*?)```\n<!-- \/usage -->/.exec(README) ?? [];
  const printed = texts.map(({ stdout }) => stdout).join('\n');
  assert.equal(usage, printed.replaceAll(process.cwd(), 'node_modules/pga2timetable'));
});

test('docs/options.md has each option once, with its alias and its value as in the help', () => {
  const page = readFileSync(new URL('../../docs/options.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| (?:`-(\w)`, )?`--([\w-]+)(?: ([A-Z=]+))?` \|/gm)].map(
    ([, alias, name, value]) => [name, alias, value],
  );
  const sorted = (rows: readonly unknown[][]): readonly unknown[][] =>
    rows.toSorted((a, b) => String(a[0]).localeCompare(String(b[0])));
  assert.deepEqual(
    sorted(listed),
    sorted(Object.entries(ALL_OPTIONS).map(([name, { alias, value }]) => [name, alias, value])),
  );
});

test('no page names an option that does not exist', () => {
  const known = new Set([...Object.keys(ALL_OPTIONS), 'help', 'version']);
  // Options of the programs that the pages talk about.
  const ofOthers = new Set([
    'init',
    'connstr',
    'clientname',
    'upgrade',
    'no-program-tasks',
    'debug',
    'file',
    'save',
    'password',
  ]);
  for (const page of pages) {
    for (const [, name] of page.matchAll(/(?<![\w-])--([a-z][a-z-]+)/g)) {
      assert.ok(known.has(name ?? '') || ofOthers.has(name ?? ''), `--${name}`);
    }
  }
});

test('every option is in the help of the contract’s names', () => {
  assert.deepEqual(
    Object.keys(OPTIONS_OF.verify).filter((name) => !(name in OPTIONS_OF.migrate)),
    ['after-cutover'],
  );
  assert.deepEqual(
    Object.keys(OPTIONS_OF.undo).filter((name) => !(name in OPTIONS_OF.migrate)),
    [],
  );
  assert.deepEqual(Object.keys(OPTIONS_OF.migrate).sort(), [
    ...[
      'accept-time-zone',
      'allow-many-chains',
      'client-name',
      'config',
      'disable-source',
      'dry-run',
      'every-client',
      'exclude-job',
      'force',
      'format',
      'history',
      'job',
      'last-day',
      'no-color',
      'no-progress',
      'on-conflict',
      'on-demand',
      'output',
      'overlap',
      'overwrite',
      'partial',
      'pause-dormant',
      'paused',
      'plan',
      'quiet',
      'run-overdue',
      'schedules',
      'shell',
      'show-secrets',
    ],
    ...['source', 'source-role', 'source-time-zone', 'step-conninfo', 'strict', 'strip-passwords'],
    ...['target', 'target-role', 'transaction', 'verbose', 'wait', 'without-client', 'yes'],
  ]);
});

test('the exit codes of the README are those of the code', async () => {
  const { EXIT } = await import('../../src/cli/exit-code.ts');
  const listed = [...README.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  assert.deepEqual(
    listed,
    Object.values(EXIT).sort((a, b) => a - b),
  );
});
