import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Tally } from '../../src/planning/tally.ts';
import type { ScriptHead } from '../../src/report/sql/head.ts';
import { printScript } from '../../src/report/sql/script.ts';
import type { ScriptJob, Work } from '../../src/report/sql/work.ts';
import { chain, context, exception, job, jobPlan, NOW, schedule, task } from '../job-builders.ts';
import { NO_OPTIONS } from '../planning/records.ts';
import { plan } from '../transform/plans.ts';
import { BERLIN } from '../zones.ts';
import { CHECKS, HEADER, stream } from './samples.ts';

const HEAD: ScriptHead = {
  header: HEADER,
  sourceKey: "7312345678901234567/it's",
  hasTaskLive: true,
  options: ['--paused'],
  summary: new Tally().summary(false),
  groups: new Tally().summary(false).groups,
  decisions: [],
  staying: [],
  checks: [],
  advisories: [],
  reasons: [],
  connectedStations: null,
};

async function printed(jobs: readonly ScriptJob[], head: Partial<ScriptHead> = {}): Promise<string> {
  let text = '';
  await printScript({ ...HEAD, ...head }, stream(jobs), async (part) => {
    text += part;
  });
  return text;
}

const make = (more: Partial<Extract<Work, { kind: 'make' }>> = {}): Work => ({
  kind: 'make',
  record: null,
  oldChains: [],
  recordedIds: [],
  newRecord: {
    jobId: 1,
    jobName: 'job',
    jobCreated: '2020-01-01 00:00:00.5',
    phase: 'moved',
    wasEnabled: true,
    wasNextRun: '2099-01-01 00:00:00',
    wasChanged: '2021-01-01 00:00:00',
    timeZone: 'UTC',
    plannedAt: NOW,
    planDigest: 'd1',
    options: NO_OPTIONS,
    chains: [{ name: 'job @ often', live: true }],
    descriptions: { class: 'c', job: '', schedules: {}, steps: {} },
  },
  ...more,
});

describe('the head of a script', () => {
  test('says from where to where, with which options, and what the preflight minds', async () => {
    const text = await printed([], { checks: CHECKS });
    assert.match(text, /^-- pgAgent +4\.2 in "postgres" on db1\.example\.org:5432 /m);
    assert.match(text, /^-- pg_timetable +7\.0\.0 in "app" on db1\.example\.org:5432 /m);
    assert.match(text, /^-- Options {7}--paused$/m);
    assert.match(text, /^-- {3}warning clients: Nobody is there\. Start one\.$/m);
    assert.match(text, /^-- {3}STOP target-recovery: It cannot be written\. Go elsewhere\.$/m);
    assert.doesNotMatch(text, /source-version|program-tasks/);
  });

  test('says first how many jobs move unchanged, what is to be decided, and which jobs stay and why', async () => {
    const text = await printed([], {
      groups: { unchanged: 3, paused: 1, decide: 2, stay: 1, notScheduled: 4, excluded: 0 },
      decisions: [
        {
          ...{ code: 'overlapping-schedules', jobs: 2, what: 'run twice in shared minutes' },
          option: '--overlap exact',
        },
        {
          ...{ code: 'empty-sql', jobs: 1, job: { jobId: 9, jobName: 'b\nc' } },
          ...{ what: 'have an empty step', option: null },
        },
      ],
      staying: [
        { jobId: 7, jobName: 'a\n\\q', what: 'names another database', option: '--step-conninfo "host=..."' },
      ],
    });
    const lines = text.split('\n');
    const at = lines.indexOf('-- 10 jobs: 3 unchanged (1 paused), 2 to decide, 1 stays, 4 not scheduled.');
    assert.ok(at > 0 && at < 8, String(at));
    assert.deepEqual(lines.slice(at + 1, at + 7), [
      '-- To decide before it runs:',
      '--   2 jobs run twice in shared minutes -> --overlap exact [overlapping-schedules]',
      '--   job 9 "b\\nc" has an empty step [empty-sql]',
      '-- No chain is written for jobs that stay:',
      '--   job 7 "a\\n\\q": names another database -> --step-conninfo "host=..."',
      '--',
    ]);
  });

  test('names twenty decisions and forty jobs that stay, and counts the rest', async () => {
    const head = (decisions: number, stay: number): Promise<string> =>
      printed([], {
        groups: { unchanged: 0, paused: 0, decide: 0, stay, notScheduled: 0, excluded: 0 },
        decisions: Array.from({ length: decisions }, (_, index) => ({
          ...{ code: `code-${index}`, jobs: 1, what: 'run twice', option: null },
        })),
        staying: Array.from({ length: Math.min(stay, 1_000) }, (_, index) => ({
          ...{ jobId: index, jobName: 'x', what: 'has no step', option: null },
        })),
      });
    const few = await head(20, 40);
    assert.equal(few.match(/runs twice/g)?.length, 20);
    assert.equal(few.match(/has no step/g)?.length, 40);
    assert.doesNotMatch(few, /more: --format json/);
    const many = await head(21, 5_000);
    assert.equal(many.match(/runs twice/g)?.length, 20);
    assert.equal(many.match(/has no step/g)?.length, 40);
    assert.match(many, /^-- {3}and 1 more: --format json lists them$/m);
    assert.match(many, /^-- {3}and 4960 more: --format json lists them$/m);
  });

  test('ends the script for each reason not to write, before anything else', async () => {
    const text = await printed([], { reasons: [{ message: "It isn't so.", remedy: 'Mend it.' }] });
    assert.match(
      text,
      /^-- THIS SCRIPT STOPS AT ITS BEGINNING, AND WRITES NOTHING:\n-- {3}It isn't so\. Mend it\.$/m,
    );
    assert.match(text, /BEGIN\n {2}RAISE EXCEPTION USING MESSAGE = 'It isn''t so\.', HINT = 'Mend it\.';\n/);
  });

  test('holds the only time, on a line of its own', async () => {
    const text = await printed([{ plan: jobPlan(), work: make() }]);
    const lines = text.split('\n').filter((line) => /\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(line));
    assert.deepEqual(lines, [
      "SELECT set_config('pga2timetable.planned_at', '2026-03-01T09:00:00.125Z', true) AS planned_at \\gset",
      "  /* job_created */ '2020-01-01 00:00:00.5'::timestamp AT TIME ZONE 'UTC',",
    ]);
  });

  test('an empty plan writes nothing, makes no record, and says so', async () => {
    const text = await printed([]);
    assert.doesNotMatch(text, /INSERT|CREATE|DELETE|UPDATE/);
    assert.match(text, /\nCOMMIT;\n\\echo 0 jobs written: 0 chains, 0 tasks\.\n$/);
  });
});

describe('a job of a script', () => {
  test('stands with its name, its schedules in words and what is to be said of it', async () => {
    const found = jobPlan({
      jobName: 'x\n\\q',
      chains: [chain({ chainName: 'a @ b', runAt: '30 2 * * 1', live: false })],
      skipped: [{ reason: 'schedule-disabled', message: 'schedule "c" is disabled', scheduleId: 3 }],
      advisories: [
        {
          code: 'any-host',
          severity: 'info',
          message: 'is for any host.',
          link: 'docs/advisories/any-host.md',
          scheduleId: 4,
          scheduleName: 's',
        },
      ],
    });
    const text = await printed([{ plan: found, work: { kind: 'skip', because: ['"a @ b" is there'] } }]);
    assert.ok(
      text.includes(
        [
          '-- Job 1 "x\\n\\q": left as it is on the target.',
          '--   because "a @ b" is there',
          '--   "a @ b": At 02:30, only on Monday (30 2 * * 1); not live',
          '--   info any-host: job 1 "x\\n\\q", schedule 4 "s" is for any host. See docs/advisories/any-host.md',
          '--   skipped: schedule "c" is disabled',
        ].join('\n'),
      ),
      text,
    );
  });

  test('has its rows as statements that can be read', async () => {
    const tasks = [
      task({ taskName: 'guard', taskOrder: 1, stepId: null, autonomous: false }),
      task({
        kind: 'PROGRAM',
        command: 'sh',
        live: false,
        databaseConnection: "user='x'",
        parameters: [['-c', "echo 'a'\nls"], []],
      }),
    ];
    const text = await printed([{ plan: jobPlan({ chains: [chain({ tasks })] }), work: make() }]);
    const statements = text.slice(
      text.indexOf('INSERT INTO timetable.chain'),
      text.indexOf('INSERT INTO pga2'),
    );
    assert.equal(
      statements,
      `INSERT INTO timetable.chain (chain_name, run_at, max_instances, live, client_name, timeout)
VALUES (
  /* chain_name */ 'job @ often',
  /* run_at */ '* * * * *',
  /* max_instances */ 1,
  /* live */ true,
  /* client_name */ NULL,
  /* timeout */ 0
)
RETURNING chain_id \\gset

-- Task "guard", which this tool adds.
INSERT INTO timetable.task (chain_id, task_order, task_name, kind, command, database_connection, ignore_error, autonomous, live)
VALUES (
  /* chain_id */ :chain_id,
  /* task_order */ 1,
  /* task_name */ 'guard',
  /* kind */ 'SQL',
  /* command */ 'SELECT 1',
  /* database_connection */ NULL,
  /* ignore_error */ false,
  /* autonomous */ false,
  /* live */ true
)
RETURNING task_id \\gset

-- Task "step": step 1.
INSERT INTO timetable.task (chain_id, task_order, task_name, kind, command, database_connection, ignore_error, autonomous, live)
VALUES (
  /* chain_id */ :chain_id,
  /* task_order */ 10,
  /* task_name */ 'step',
  /* kind */ 'PROGRAM',
  /* command */ 'sh',
  /* database_connection */ 'user=''x''',
  /* ignore_error */ false,
  /* autonomous */ true,
  /* live */ false
)
RETURNING task_id \\gset
INSERT INTO timetable.parameter (task_id, order_id, value)
VALUES (
  /* task_id */ :task_id,
  /* order_id */ 1,
  /* value */ to_jsonb(ARRAY['-c', $code$echo 'a'
ls$code$]::text[])
);
INSERT INTO timetable.parameter (task_id, order_id, value)
VALUES (
  /* task_id */ :task_id,
  /* order_id */ 2,
  /* value */ to_jsonb(ARRAY[]::text[])
);

`,
    );
  });

  test('does not name the column live where the target has none', async () => {
    const text = await printed([{ plan: jobPlan(), work: make() }], { hasTaskLive: false });
    assert.match(text, /ignore_error, autonomous\)\n/);
    assert.equal(text.match(/\/\* live \*\//g)?.length, 1, 'the chain’s');
  });

  test('what stands once stands once, in front of the first job that needs it', async () => {
    const one = { plan: jobPlan(), work: make() };
    const text = await printed([one, one]);
    assert.equal(text.match(/CREATE TABLE/g)?.length, 1);
    assert.equal(text.match(/ UPDATE pga2timetable\.job j$/gm)?.length, 1);
    assert.ok(text.indexOf('CREATE TABLE') < text.indexOf('-- Job 1'));
    assert.match(text, /\\echo 2 jobs written: 2 chains, 2 tasks\.\n$/);
  });

  test('is the same text another day, though its advisories tell of the days that come', async () => {
    const hourly = schedule({ minutes: [30] }, { name: 'hourly' });
    const holiday = schedule(
      { minutes: [30], hours: [2] },
      {
        id: 2,
        name: 'at night',
        exceptions: [exception('2029-01-01', null), { ...exception('2030-06-01', null), id: 2 }],
      },
    );
    const started = schedule({ minutes: [0, 10, 20] }, { id: 3, name: 'long', start: Date.UTC(2029, 0, 1) });
    const aboutAt = async (now: number) => {
      const found = plan(job({ schedules: [hourly, holiday, started] }), context({ now, zone: BERLIN }));
      return { found, text: await printed([{ plan: found, work: { kind: 'none' } }]) };
    };
    // Before one change of the clocks, and behind it.
    const [then, later] = [await aboutAt(NOW), await aboutAt(NOW + 300 * 86_400_000)];
    const changing = then.found.advisories.filter(
      ({ message }, index) => message !== later.found.advisories[index]?.message,
    );
    assert.deepEqual([...new Set(changing.map(({ code }) => code))].sort(), [
      'failed-on-purpose',
      'overlapping-schedules',
      'repeated-hour',
      'repeated-hour-around-the-clock',
      'started-chain',
    ]);
    assert.equal(later.text, then.text);
    assert.match(then.text.replace(/\n-- +/g, ' '), /daylight saving repeats\. The chain runs them twice/);
  });
});
