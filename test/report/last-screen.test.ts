import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chalk } from 'chalk';
import type { LastScreen } from '../../src/report/last-screen.ts';
import { lastScreen } from '../../src/report/last-screen.ts';
import { widthOf } from '../../src/report/width.ts';
import { HEADER } from './samples.ts';

const color = new Chalk({ level: 0 });
const SCREEN: LastScreen = {
  header: HEADER,
  groups: { unchanged: 3, paused: 1, decide: 2, stay: 1, notScheduled: 4 },
  decisions: [
    {
      code: 'overlapping-schedules',
      jobs: 2,
      what: 'run twice in shared minutes',
      option: '--overlap exact',
    },
    { code: 'process-list', jobs: 1, what: 'look at processes and see their own text', option: null },
  ],
  staying: [
    { jobId: 7, jobName: 'Remote', what: 'names another database', option: '--step-conninfo "host=..."' },
  ],
  checks: [
    { check: 'a', status: 'ok', message: 'fine', remedy: null },
    { check: 'b', status: 'note', message: 'to know', remedy: null },
    { check: 'c', status: 'warning', message: 'an agent is connected', remedy: 'stop it' },
  ],
  commands: [['Next', "npx pga2timetable --job 'a b'"]],
};
const lines = (screen: LastScreen, width = 80): readonly string[] =>
  lastScreen(screen, { color, width }).split('\n').slice(0, -1);

test('the last screen names both ends, the four counts, what to decide, what stays, the preflight and the next command', () => {
  assert.deepEqual(lines(SCREEN).slice(1), [
    '10 jobs: 3 unchanged (1 paused), 2 to decide, 1 stays, 4 not scheduled',
    'Decide',
    '  2 jobs run twice in shared minutes -> --overlap exact [overlapping-schedules]',
    '  1 job looks at processes and see their own text [process-list]',
    'Stay on pgAgent',
    '  job 7 "Remote": names another database -> --step-conninfo "host=..."',
    'Preflight: 2 checks passed, 1 did not',
    '  an agent is connected',
    "Next: npx pga2timetable --job 'a b'",
  ]);
});

test('it has at most 30 lines at 80 columns and more, whatever the number of jobs and the length of their names', () => {
  const many: LastScreen = {
    ...SCREEN,
    groups: { unchanged: 1_000, paused: 10, decide: 900, stay: 500, notScheduled: 90 },
    decisions: Array.from({ length: 30 }, (_, index) => ({
      ...{ code: `code-${index}`, jobs: 30 - index, what: 'run '.repeat(40), option: '--overlap exact' },
    })),
    staying: Array.from({ length: 500 }, (_, index) => ({
      ...{ jobId: index, jobName: '名'.repeat(200), what: 'names another database', option: null },
    })),
    checks: Array.from({ length: 20 }, () => ({
      check: 'c',
      status: 'stop',
      message: 'x '.repeat(200),
      remedy: null,
    })),
    commands: [
      ['Next', 'a'],
      ['Back', 'b'],
      ['Password', 'c'],
    ],
  };
  for (const width of [80, 100, 120, 200]) {
    const shown = lines(many, width);
    assert.ok(shown.length <= 30, `${width}: ${shown.length}`);
    for (const line of shown) assert.ok(widthOf(line) <= width, line);
    assert.ok(shown.includes('  and 22 more: --verbose'));
    assert.ok(shown.includes('  and 490 more: --format json'));
  }
});
