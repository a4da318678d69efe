import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ALL_OPTIONS, OPTIONS_OF } from '../../src/cli/options.ts';
import { pga2timetable } from './run.ts';

const page = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

test('docs/cli.md is what --help prints (npm run usage)', async () => {
  const texts = await Promise.all(
    [[], ['verify'], ['undo'], ['explain'], ['schema']].map((words) => pga2timetable([...words, '--help'])),
  );
  for (const { code } of texts) assert.equal(code, 0);
  const [, usage] =
    /<!-- usage: [^\n]*-->\n```text\n([\s\S]*?)```\n<!-- \/usage -->/.exec(page('docs/cli.md')) ?? [];
  const printed = texts.map(({ stdout }) => stdout.replaceAll('\\', '/')).join('\n');
  assert.equal(usage, printed.replaceAll(process.cwd().replaceAll('\\', '/'), 'node_modules/pga2timetable'));
});

test('docs/options.md has each option once, with its alias and its value as in the help', () => {
  const listed = [
    ...page('docs/options.md').matchAll(/^\| (?:`-(\w)`, )?`--([\w-]+)(?: ([A-Z=]+))?` \|/gm),
  ].map(([, alias, name, value]) => [name, alias, value]);
  const sorted = (rows: readonly unknown[][]): readonly unknown[][] =>
    rows.toSorted((a, b) => String(a[0]).localeCompare(String(b[0])));
  assert.deepEqual(
    sorted(listed),
    sorted(Object.entries(ALL_OPTIONS).map(([name, { alias, value }]) => [name, alias, value])),
  );
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

test('the exit codes of docs/options.md are those of the code', async () => {
  const { EXIT } = await import('../../src/cli/exit-code.ts');
  const listed = [...page('docs/options.md').matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  assert.deepEqual(
    listed,
    Object.values(EXIT).sort((a, b) => a - b),
  );
});

test('the README has at most 150 lines, and its test command is the one that CI runs', () => {
  const readme = page('README.md');
  assert.ok(readme.split('\n').length - 1 <= 150, `${readme.split('\n').length - 1} lines`);
  assert.match(readme, /^npm ci && npm test$/m);
  assert.match(page('.ci/run'), /^npm ci\b.*\nnpm run check\nnpm test$/m);
});
