import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chalk } from 'chalk';
import type { Check, CheckStatus } from '../../src/model/preflight.ts';
import type { LastScreen } from '../../src/report/last-screen.ts';
import { lastScreen } from '../../src/report/last-screen.ts';
import { widthOf } from '../../src/report/width.ts';
import { HEADER } from './samples.ts';

const color = new Chalk({ level: 0 });
const SCREEN: LastScreen = {
  header: HEADER,
  written: null,
  groups: { unchanged: 3, paused: 1, decide: 2, stay: 1, notScheduled: 4, excluded: 0 },
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
  allChecks: 'see Preflight above',
  commands: [['Next', "npx pga2timetable --job 'a b'"]],
};
const lines = (screen: LastScreen, width = 80): readonly string[] =>
  lastScreen(screen, { color, width }).split('\n').slice(0, -1);

test('the last screen names both ends, the four counts, what to decide, what stays, the preflight and the next command', () => {
  assert.deepEqual(lines(SCREEN).slice(1), [
    '10 jobs: 3 unchanged (1 paused), 2 to decide, 1 stays, 4 not scheduled',
    'Decide',
    '  2 jobs run twice in shared minutes -> --overlap exact [overlapping-schedules]',
    '  1 job looks at processes and see its own text [process-list]',
    'Stay on pgAgent',
    '  job 7 "Remote": names another database -> --step-conninfo "host=..."',
    'Preflight: 1 check passed, 1 note, 1 warning',
    '  an agent is connected',
    "Next: npx pga2timetable --job 'a b'",
  ]);
});

test('a decision about one job names it, by its id alone where its name leaves no room for the code', () => {
  const about = (jobName: string, width: number): string | undefined =>
    lines(
      {
        ...SCREEN,
        decisions: [
          {
            ...{ code: 'connection-loopback', jobs: 1, job: { jobId: 7, jobName }, option: null },
            what: "connect to pg_timetable's own machine now",
          },
        ],
      },
      width,
    ).find((line) => line.startsWith('  job 7'));
  const rest = "connects to pg_timetable's own machine now";
  const named = `  job 7 "remote" ${rest} [connection-loopback]`;
  assert.equal(about('remote', named.length), named);
  assert.equal(about('remote', named.length - 1), `  job 7 ${rest} [connection-loopback]`);
  const brief = `  job 7 "r" ${rest}`;
  assert.equal(about('r', brief.length), brief);
  assert.equal(about('a\nb', 100), `  job 7 "a\\nb" ${rest} [connection-loopback]`);
});

test('jobs that were excluded are named beside the four counts, and are not in their sum', () => {
  const groups = { ...SCREEN.groups, excluded: 12 };
  assert.equal(
    lines({ ...SCREEN, groups }, 100)[1],
    '10 jobs: 3 unchanged (1 paused), 2 to decide, 1 stays, 4 not scheduled; 12 excluded',
  );
});

test('of the checks two that did not pass are named, those that stop the run first, and how many more there are', () => {
  const check = (status: CheckStatus, message: string): Check => ({
    ...{ check: 'a', status, message, remedy: null },
  });
  const preflight = (...checks: readonly Check[]): readonly string[] =>
    lines({ ...SCREEN, checks }).slice(7, -1);
  const [old, away] = [check('warning', 'old'), check('warning', 'away')];
  assert.deepEqual(preflight(old, check('ok', 'fine'), away), [
    'Preflight: 1 check passed, 2 warnings',
    '  old',
    '  away',
  ]);
  assert.deepEqual(preflight(old, away, check('note', 'to know'), check('stop', 'full'), check('ok', '')), [
    'Preflight: 1 check passed, 1 note, 2 warnings, 1 stops the run',
    '  full',
    '  old',
    '  and 1 more: see Preflight above',
  ]);
  assert.deepEqual(preflight(check('stop', 'full'), check('stop', 'gone')), [
    'Preflight: 2 stop the run',
    '  full',
    '  gone',
  ]);
  assert.deepEqual(preflight(check('ok', ''), check('ok', '')), ['Preflight: 2 checks passed']);
});

test('what is about the run as a whole comes first, with its option', () => {
  const ofRun = {
    ...{ code: 'still-enabled', jobs: null },
    ...{ what: 'stay enabled in pgAgent', option: '--disable-source' },
  };
  assert.deepEqual(lines({ ...SCREEN, decisions: [ofRun, ...SCREEN.decisions] }).slice(2, 5), [
    'The run as a whole',
    '  Jobs stay enabled in pgAgent -> --disable-source [still-enabled]',
    'Decide',
  ]);
});

test('once written it names what was, and what to watch', () => {
  const written = 'Written: 3 chains with 7 tasks';
  assert.deepEqual(lines({ ...SCREEN, written }).slice(1, 5), [
    written,
    '10 jobs: 3 unchanged (1 paused), 2 to watch, 1 stays, 4 not scheduled',
    'Watch',
    '  2 jobs run twice in shared minutes -> --overlap exact [overlapping-schedules]',
  ]);
});

test('what is too long is cut before the option, not in it', () => {
  const staying = [
    { jobId: 7, jobName: 'x'.repeat(90), what: 'names another database', option: '--on-demand' },
  ];
  const [line = ''] = lines({ ...SCREEN, staying }).filter((one) => one.startsWith('  job 7'));
  assert.equal(line, `  job 7 "${'x'.repeat(80 - 9 - 3 - 15)}... -> --on-demand`);
});

test('a host of both ends stands once', () => {
  const [ends] = lines(SCREEN, 200);
  assert.equal(ends, 'pgAgent 4.2 in "postgres" -> pg_timetable 7.0.0 in "app", on db1.example.org:5432');
  const source = { ...HEADER.source, host: 'db2:5432' };
  const [apart] = lines({ ...SCREEN, header: { ...HEADER, source } }, 200);
  assert.equal(
    apart,
    'pgAgent 4.2 in "postgres" on db2:5432 -> pg_timetable 7.0.0 in "app" on db1.example.org:5432',
  );
});

test('commands that take several lines leave fewer for the jobs that stay', () => {
  const staying = Array.from({ length: 12 }, (_, jobId) => ({
    ...{ jobId, jobName: 'j', what: 'names another database', option: null },
  }));
  const groups = { ...SCREEN.groups, stay: 12 };
  // Without these jobs, their head and what is left out: 1 line of both ends, 1 of counts, 3 of decisions, 2 of the preflight.
  for (const [commandLines, shown] of [
    [1, 10],
    [11, 10],
    [12, 9],
    [16, 5],
    [40, 1],
  ] as const) {
    const command = 'x'.repeat(80 * commandLines - 'Next: '.length);
    const found = lines({ ...SCREEN, groups, staying, commands: [['Next', command]] });
    assert.equal(found.filter((line) => line.startsWith('  job ')).length, shown, `${commandLines}`);
    assert.ok(found.includes(`  and ${12 - shown} more: --format json`));
    if (commandLines <= 16) assert.ok(found.length + commandLines - 1 <= 30);
  }
});

test('it has at most 30 lines at 80 columns and more, whatever the number of jobs and the length of their names', () => {
  const many: LastScreen = {
    ...SCREEN,
    groups: { unchanged: 1_000, paused: 10, decide: 900, stay: 500, notScheduled: 90, excluded: 0 },
    decisions: Array.from({ length: 30 }, (_, index) => ({
      ...{
        code: `code-${index}`,
        jobs: index === 0 ? null : 30 - index,
        what: 'run '.repeat(40),
        option: '--overlap exact',
      },
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
    assert.ok(shown.includes('  and 492 more: --format json'));
  }
});

test('the eight commonest decisions are named, a ninth in the place of the line that would count it, all with --verbose', () => {
  const of = (count: number, isVerbose = false): readonly string[] =>
    lines({
      ...SCREEN,
      isVerbose,
      decisions: Array.from({ length: count }, (_, index) => ({
        ...{ code: `code-${index}`, jobs: 50 - index, what: 'run twice', option: null },
      })),
    }).filter((line) => /^ {2}(?:\d+ jobs run|and \d+ more: --verbose)/.test(line));
  assert.equal(of(8).length, 8);
  assert.match(of(9).at(-1) ?? '', /run twice/);
  assert.deepEqual([of(10).length, of(10).at(-1)], [9, '  and 2 more: --verbose']);
  assert.equal(of(20, true).length, 20);
});
