import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { cliPage } from '../../scripts/cli-page.ts';
import { EXIT } from '../../src/cli/exit-code.ts';
import { OPTIONS_OF } from '../../src/cli/options.ts';
import { PAGES } from '../pages/page.ts';

const page = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

describe('docs/cli.md', () => {
  test('is what the table of options makes (npm run usage)', () => {
    assert.equal(page('docs/cli.md'), cliPage());
  });

  for (const [command, options] of Object.entries(OPTIONS_OF))
    test(`has each option of ${command} once, with its alias, its value and its default`, () => {
      const [, section = ''] =
        new RegExp(`^## ${command}\n([\\s\\S]*?)^## `, 'm').exec(page('docs/cli.md')) ?? [];
      const rows = [
        ...section.matchAll(/^\| (?:`-(\w)`, )?`--([\w-]+)(?: ([A-Z=]+))?` \| (?:`(\w+)`)? \|/gm),
      ];
      assert.deepEqual(
        rows.map(([, alias, name, value, fallback]) => [name, alias, value, fallback]).sort(),
        Object.entries(options)
          .map(([name, { alias, value, default: fallback }]) => [name, alias, value, fallback])
          .sort(),
      );
    });

  test('has each exit code', () => {
    const [line = ''] = /^`0` done.*$/m.exec(page('docs/cli.md')) ?? [];
    assert.deepEqual(
      [...line.matchAll(/`(\d+)`/g)].map(([, code]) => Number(code)),
      Object.values(EXIT).sort((a, b) => a - b),
    );
  });
});

test('docs/options.md describes no option a second time', () => {
  assert.doesNotMatch(page('docs/options.md'), /^\| (?:`-\w`, )?`--/m);
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
      'collation',
      'config',
      'disable-source',
      'dry-run',
      'dump',
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
    ...[
      'target',
      'target-database',
      'target-role',
      'transaction',
      'verbose',
      'wait',
      'without-client',
      'yes',
    ],
  ]);
});

test('the exit codes of docs/options.md are those of the code', () => {
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

test('every page that names the tarball names that of this version', () => {
  const { version } = JSON.parse(page('package.json')) as { version: string };
  const named = PAGES.flatMap(({ file, text }) =>
    [...text.matchAll(/pga2timetable-(\d[\w.-]*)\.tgz/g)].map(([, found]) => ({ file, found })),
  );
  assert.ok(named.some(({ file }) => file === 'README.md'));
  assert.deepEqual(
    named.filter(({ found }) => found !== version),
    [],
  );
});
