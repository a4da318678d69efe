import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { parse } from '../../src/cli/command-line.ts';
import { migrate } from '../../src/cli/commands/migrate.ts';
import { Output } from '../../src/cli/output.ts';
import { withPlannedOptions } from '../../src/cli/planned-options.ts';
import { NO_BAR } from '../../src/cli/progress-bar.ts';
import { readSettings } from '../../src/cli/read-settings.ts';
import { planSchema } from '../../src/model/plan.ts';
import { pga2timetable, type Result } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { type Server, startServer } from '../servers/postgres.ts';

const SAMPLE = readFileSync(new URL('../../fixtures/jobs/sample.sql', import.meta.url), 'utf8');

const secret = (): string => `s${randomBytes(9).toString('hex')}`;
const SECRETS = { batch: secret(), remote: secret(), sql: secret(), step: secret() };

const folder = mkdtempSync(join(tmpdir(), 'pga2tt-plan-'));
const PLAN = join(folder, 'plan.json');
const env = { XDG_STATE_HOME: join(folder, 'state') };

let server: Server;
let planText = '';

before(async () => {
  server = await startServer('embedded');
  await server.createDatabase('app');
  await createStandInPgAgent(server, 'app');
  await createTimetable(server, 'app');
  await server.run('app', SAMPLE);
  await insertJob(server, 'app', {
    name: 'all kinds',
    host: 'node1',
    schedules: [
      { name: 'nightly', minutes: [0], hours: [3], exceptions: [{ date: '2098-01-01' }] },
      { name: 'until then', minutes: [30], hours: [4], end: '2099-12-31 12:00:00+00' },
    ],
    steps: [
      { name: '1 local', code: 'SELECT 1' },
      { name: '2 batch', kind: 'b', code: `PGPASSWORD=${SECRETS.batch} psql -c 'SELECT 1'` },
      {
        name: '3 remote',
        code: 'SELECT 3',
        conninfo: `host=db1 user=me dbname=app password=${SECRETS.remote}`,
      },
      { name: '4 role', code: `ALTER ROLE me PASSWORD '${SECRETS.sql}'`, onError: 'i' },
      { name: '5 off', code: 'SELECT 5', enabled: false },
    ],
  });
  await server.run(
    'app',
    `CREATE SCHEMA former; ${TABLES.map((name) => `CREATE TABLE former.${name} AS TABLE pgagent.${name}`).join(';')}`,
  );
  await server.run('postgres', 'ALTER DATABASE app RENAME TO seed');
  await afresh();
  const { code, stdout, stderr } = await plan();
  assert.equal(code, 0, stderr);
  assert.equal(stdout, '');
  planText = readFileSync(PLAN, 'utf8');
});
after(() => {
  server.stop();
  rmSync(folder, { recursive: true });
});

const TABLES = ['pga_job', 'pga_jobstep', 'pga_schedule', 'pga_exception'];

/** The jobs as they were when the plan was made, where nothing was written. */
async function restore(): Promise<void> {
  const copies = TABLES.map((name) => `INSERT INTO pgagent.${name} TABLE former.${name}`).join(';');
  await server.run('app', `TRUNCATE pgagent.pga_job CASCADE; ${copies}`);
}

/** The database `app` as it was when the plan was made. */
async function afresh(): Promise<void> {
  await server.run('postgres', 'DROP DATABASE IF EXISTS app WITH (FORCE)');
  await server.run('postgres', 'CREATE DATABASE app TEMPLATE seed');
}

const source = (): string[] => ['-s', server.uri('app')];
const stepConninfo = (password = SECRETS.step): string[] => [
  '--step-conninfo',
  `host=db1 user=me password=${password}`,
];

function plan(more: readonly string[] = []): Promise<Result> {
  return pga2timetable(
    [...source(), ...stepConninfo(), '--dry-run', '--format', 'json', '--output', PLAN, ...more],
    env,
  );
}

function apply(more: readonly string[] = [], text = planText, where = source(), other = {}): Promise<Result> {
  const file = join(folder, 'applied.json');
  writeFileSync(file, text);
  return pga2timetable([...where, '--plan', file, ...stepConninfo(), ...more], { ...env, ...other });
}

/** The same within this process, which is quicker. */
async function applyHere(): Promise<Result> {
  const stream = (): PassThrough => new PassThrough({ highWaterMark: 10_000_000 });
  const [stdout, stderr] = [stream(), stream()];
  const argv = ['--plan', PLAN, ...source(), ...stepConninfo()];
  const parsed = await parse(argv, '0');
  assert.ok(parsed.kind === 'options');
  const { options, savedPlan } = await withPlannedOptions(parsed.options, {}, env);
  const terminal = {
    ...{
      words: [],
      width: 100,
      isScreen: false,
      lastLineWidth: 100,
      stdoutHasColor: false,
      stderrHasColor: false,
    },
    ...{ bar: NO_BAR, barBesideResult: NO_BAR, ask: null },
  };
  const code = await migrate(
    readSettings('migrate', options, env, savedPlan),
    { ...terminal, stdout: new Output(stdout), stderr: new Output(stderr) },
    new AbortController().signal,
  );
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

async function written(): Promise<readonly unknown[]> {
  const { rows } = await server.run(
    'app',
    `SELECT c.chain_name, c.run_at, c.client_name, c.live, c.max_instances, c.timeout, c.exclusive_execution, c.on_error,
            t.task_name, t.task_order, t.kind, t.command, t.database_connection, t.ignore_error, t.autonomous, t.live AS task_live,
            (SELECT json_agg(p.value ORDER BY p.order_id) FROM timetable.parameter p WHERE p.task_id = t.task_id) AS parameters
       FROM timetable.chain c LEFT JOIN timetable.task t USING (chain_id)
      ORDER BY c.chain_name, t.task_order`,
  );
  return rows;
}

function assertHidden({ stdout, stderr }: Result, ...secrets: readonly string[]): void {
  for (const one of [...Object.values(SECRETS), ...secrets])
    assert.ok(!stdout.includes(one) && !stderr.includes(one), `${one}: ${stderr}`);
}

describe('a plan file', () => {
  test('is for its owner alone, is whole, and nothing is left beside it', () => {
    assert.equal(statSync(PLAN).mode & 0o777, 0o600);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes('plan.json')),
      ['plan.json'],
    );
    planSchema.parse(JSON.parse(planText));
  });

  test('holds no password, nor a digest that a guess could be held against', () => {
    for (const one of Object.values(SECRETS)) {
      assert.ok(!planText.includes(one));
      assert.ok(!planText.includes(createHash('sha256').update(one).digest('hex')));
    }
    const { jobs, options, secretKey } = planSchema.parse(JSON.parse(planText));
    assert.match(secretKey ?? '', /^[\da-f]{16}$/);
    assert.match(options.stepConninfoDigest ?? '', /^[\da-f]{64}$/);
    const masked = jobs
      .find(({ jobName }) => jobName === 'all kinds')
      ?.chains[0]?.tasks.filter(({ secretDigest }) => secretDigest !== undefined);
    assert.deepEqual(
      masked?.map(({ taskName }) => taskName),
      ['2 batch', '3 remote', '4 role'],
    );
    const key = readFileSync(join(env.XDG_STATE_HOME, 'pga2timetable', 'plan.key'), 'utf8').trim();
    assert.ok(!planText.includes(key));
    assert.ok(!planText.includes(createHash('sha256').update(key).digest('hex')));
  });

  test('on standard output, or of a run that writes, holds no digests', async () => {
    await afresh();
    const run = await pga2timetable([...source(), ...stepConninfo(), '--dry-run', '--format', 'json'], env);
    assert.doesNotMatch(run.stdout, /Digest|secretKey/);
    const file = join(folder, 'written.json');
    const wrote = await pga2timetable(
      [...source(), ...stepConninfo(), '--format', 'json', '--output', file],
      env,
    );
    assert.equal(wrote.code, 0, wrote.stderr);
    const text = readFileSync(file, 'utf8');
    assert.doesNotMatch(text, /Digest|secretKey/);
    const applied = await apply([], text);
    assert.equal(applied.code, 2, applied.stderr);
    assert.match(applied.stderr, /printed that wrote its chains/);
    const fromStdout = await apply([], run.stdout);
    assert.equal(fromStdout.code, 2, fromStdout.stderr);
  });
});

describe('what is written', () => {
  test('is what a run without a plan writes', async () => {
    await afresh();
    const direct = await pga2timetable([...source(), ...stepConninfo()], env);
    assert.equal(direct.code, 0, direct.stderr);
    const expected = await written();
    assert.ok(expected.length > 30, `${expected.length} rows`);
    await afresh();
    const applied = await apply();
    assert.equal(applied.code, 0, applied.stderr);
    assert.deepEqual(await written(), expected);
    assertHidden(applied);
  });

  test('is nothing with --dry-run, which ends as the run would', async () => {
    await afresh();
    assert.equal((await apply(['--dry-run'])).code, 0);
    await server.run('app', "UPDATE pgagent.pga_job SET jobname = 'x' WHERE jobname = 'Payroll'");
    const { code, stderr } = await apply(['--dry-run']);
    assert.equal(code, 4);
    assert.match(stderr, /A run would stop here: The plan \S+ no longer fits/);
    assert.deepEqual(await written(), []);
  });

  test('by another address of the same target, and another client version, is the same', async () => {
    await afresh();
    const applied = await apply([], planText, ['-s', server.conninfo('app')]);
    assert.equal(applied.code, 0, applied.stderr);
    assert.match(
      applied.stderr,
      /without effect on the plan:\n {2}- the address of the source was 127\.0\.0\.1/,
    );
    assert.ok((await written()).length > 0);
  });
});

const JOB = `(SELECT jobid FROM pgagent.pga_job WHERE jobname = 'all kinds')`;
const NIGHTLY = `jscjobid = ${JOB} AND jscname = 'nightly'`;
const schedule = (set: string): string => `UPDATE pgagent.pga_schedule SET ${set} WHERE ${NIGHTLY}`;
const step = (name: string, set: string): string =>
  `UPDATE pgagent.pga_jobstep SET ${set} WHERE jstjobid = ${JOB} AND jstname = '${name}'`;
const job = (set: string): string => `UPDATE pgagent.pga_job SET ${set} WHERE jobname = 'all kinds'`;
const exception = (set: string): string => `UPDATE pgagent.pga_exception SET ${set}`;

const NAME = '- job \\d+ "all kinds"';

/** What changes, and what is said of it. */
const MATTERS: readonly (readonly [string, string, RegExp])[] = [
  ['jobname', job(`jobname = 'others'`), /- job \d+ "others": its name was "all kinds", is "others"\n/],
  [
    'jobhostagent',
    job(`jobhostagent = 'node2'`),
    RegExp(`${NAME}: client_name of "all kinds @ nightly" was "node1", is "node2"\n`),
  ],
  ['jobenabled', job('jobenabled = false'), RegExp(`${NAME}: it is disabled now\n`)],
  ['a job is gone', `DELETE FROM pgagent.pga_job WHERE jobid = ${JOB}`, RegExp(`${NAME} is gone\n`)],
  ['jscname', schedule(`jscname = 'x'`), RegExp(`${NAME}: the chain "all kinds @ nightly" is gone\n`)],
  [
    'jscenabled',
    schedule('jscenabled = false'),
    RegExp(`${NAME}: the chain "all kinds @ nightly" is gone\n`),
  ],
  ['jscstart', schedule(`jscstart = '2097-01-01 00:00:00+00'`), RegExp(`${NAME}: the task "guard" of`)],
  [
    'jscend',
    `UPDATE pgagent.pga_schedule SET jscend = '2099-12-31 12:31:00+00' WHERE jscname = 'until then'`,
    RegExp(`${NAME}: the task "guard" of "all kinds @ until then": its text is another one\n`),
  ],
  [
    'jscminutes',
    schedule('jscminutes[3] = true'),
    RegExp(`${NAME}: run_at of "all kinds @ nightly" was "0 3 \\* \\* \\*", is "0,2 3 \\* \\* \\*"\n`),
  ],
  ['jschours', schedule('jschours[6] = true'), /is "0 3,5 \* \* \*"/],
  ['jscweekdays', schedule('jscweekdays[2] = true'), /is "0 3 \* \* 1"/],
  ['jscmonthdays', schedule('jscmonthdays[2] = true'), /is "0 3 2 \* \*"/],
  ['jscmonths', schedule('jscmonths[2] = true'), /is "0 3 \* 2 \*"/],
  [
    'jscjobid',
    schedule(`jscjobid = (SELECT jobid FROM pgagent.pga_job WHERE jobname = 'Payroll')`),
    /- job \d+ "Payroll": the chain "Payroll @ nightly" is new\n/,
  ],
  ['jexdate', exception(`jexdate = '2098-01-02'`), /the task "guard" of "all kinds @ nightly": its text/],
  ['jextime', exception(`jextime = '05:00'`), /the task "guard" of "all kinds @ nightly" is gone/],
  [
    'jexscid',
    exception(`jexscid = (SELECT jscid FROM pgagent.pga_schedule WHERE jscname = 'at night')`),
    /the task "guard" of "all kinds @ nightly" is gone\n/,
  ],
  ['jstname', step('1 local', `jstname = '1 x'`), /: step \d+ "1 x": its name was "1 local", is "1 x"\n/],
  [
    'jstname that sorts elsewhere',
    step('1 local', `jstname = '9'`),
    /step \d+ "9": its place was 10, is 50\n/,
  ],
  ['jstenabled', step('5 off', 'jstenabled = true'), /: step \d+ "5 off": live was false, is true\n/],
  [
    'jstkind',
    step('1 local', `jstkind = 'b', jstdbname = ''`),
    /"1 local": its kind was "SQL", is "PROGRAM"\n/,
  ],
  ['jstcode', step('1 local', `jstcode = 'SELECT 2'`), /: step \d+ "1 local": its text is another one\n/],
  [
    'jstconnstr',
    step('3 remote', `jstconnstr = replace(jstconnstr, 'host=db1', 'host=db2')`),
    /: step \d+ "3 remote": its connection is another one\n/,
  ],
  ['jstdbname', step('1 local', `jstdbname = 'postgres'`), /"1 local": its connection is another one\n/],
  ['jstonerror', step('1 local', `jstonerror = 'i'`), /"1 local": ignore_error was false, is true\n/],
  [
    'jstjobid',
    step('1 local', `jstjobid = (SELECT jobid FROM pgagent.pga_job WHERE jobname = 'Payroll')`),
    /"Payroll": step \d+ "1 local" is new\n/,
  ],
  [
    'a step is gone',
    `DELETE FROM pgagent.pga_jobstep WHERE jstname = '4 role'`,
    /: step \d+ "4 role" is gone\n/,
  ],
];

describe('stopped with exit code 4, named, and nothing written', () => {
  before(afresh);
  for (const [name, sql, message] of MATTERS) {
    test(`by a change of ${name}`, async () => {
      await restore();
      await server.run('app', sql);
      const run = await applyHere();
      assert.equal(run.code, 4, run.stderr);
      assert.match(run.stderr, /no longer fits the databases\. Nothing was written\.\n {2}- job /);
      assert.match(run.stderr, message);
      assert.deepEqual(await written(), []);
      assertHidden(run);
    });
  }

  const password = secret();
  for (const [name, sql] of [
    ['batch', step('2 batch', `jstcode = replace(jstcode, '${SECRETS.batch}', '${password}')`)],
    ['remote', step('3 remote', `jstconnstr = replace(jstconnstr, '${SECRETS.remote}', '${password}')`)],
    ['role', step('4 role', `jstcode = replace(jstcode, '${SECRETS.sql}', '${password}')`)],
  ] as const) {
    test(`by another password, shown nowhere: ${name}`, async () => {
      await restore();
      await server.run('app', sql);
      const run = await applyHere();
      assert.equal(run.code, 4, run.stderr);
      assert.match(run.stderr, RegExp(`${NAME}: step \\d+ "\\d ${name}": its password is another one\n`));
      assert.equal(run.stderr.match(/^ {2}- /gm)?.length, 1);
      assert.deepEqual(await written(), []);
      assertHidden(run, password);
    });
  }

  test('by a job that is new, unless the plan was for others', async () => {
    await afresh();
    await insertJob(server, 'app', { name: 'newcomer', steps: [{ name: 'a', code: 'SELECT 1' }] });
    const run = await apply();
    assert.equal(run.code, 4, run.stderr);
    assert.match(run.stderr, /- job \d+ "newcomer" is new\n/);
    const file = join(folder, 'some.json');
    await afresh();
    await pga2timetable(
      [...source(), '--job', 'Pay*', '--dry-run', '--format', 'json', '--output', file],
      env,
    );
    await insertJob(server, 'app', { name: 'newcomer', steps: [{ name: 'a', code: 'SELECT 1' }] });
    const some = await pga2timetable([...source(), '--plan', file], env);
    assert.equal(some.code, 0, some.stderr);
    const { rows } = await server.run('app', 'SELECT chain_name FROM timetable.chain ORDER BY 1');
    assert.deepEqual(
      rows.map(({ chain_name: name }) => name.replace(/ \[.*/, '')),
      ['Payroll @ month end', 'Payroll @ month end', 'Payroll @ month end'],
    );
  });

  test('by the loss of a job that the plan names by its id', async () => {
    await afresh();
    const file = join(folder, 'one.json');
    const { rows } = await server.run('app', `SELECT ${JOB} AS id`);
    const args = [
      ...source(),
      '--job',
      String(rows[0].id),
      '--dry-run',
      '--format',
      'json',
      '--output',
      file,
    ];
    await pga2timetable(args, env);
    await server.run('app', `DELETE FROM pgagent.pga_job WHERE jobid = ${rows[0].id}`);
    const run = await pga2timetable([...source(), '--plan', file], env);
    assert.equal(run.code, 4, run.stderr);
    assert.match(run.stderr, /no job has that id/);
  });

  test('by a target of another name, of another server, and another time zone', async () => {
    await afresh();
    await server.run('postgres', 'CREATE DATABASE other TEMPLATE seed');
    const named = await apply([], planText, [...source(), '-t', server.uri('other')]);
    assert.equal(named.code, 4, named.stderr);
    assert.match(named.stderr, /- the target was the database "app", is "other"\n {2}Make a new plan/);
    const second = await startServer('embedded');
    try {
      await second.createDatabase('app');
      await createStandInPgAgent(second, 'app');
      await createTimetable(second, 'app');
      const elsewhere = await apply([], planText, [...source(), '-t', second.uri('app')]);
      assert.equal(elsewhere.code, 4, elsewhere.stderr);
      assert.match(elsewhere.stderr, /- the target is on another server\n/);
    } finally {
      second.stop();
    }
    await server.run('app', "ALTER DATABASE app SET TimeZone = 'Europe/Berlin'");
    const zone = await apply();
    assert.equal(zone.code, 4, zone.stderr);
    assert.match(zone.stderr, /- TimeZone of the target was UTC, is Europe\/Berlin\n/);
  });

  test('by a chain of other making that the target has by now', async () => {
    await afresh();
    assert.equal((await apply()).code, 0);
    const again = await apply();
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /there already, as planned\. Nothing was written\./);
    await server.run(
      'app',
      "UPDATE timetable.chain SET run_at = '7 7 7 7 *' WHERE chain_id = (SELECT min(chain_id) FROM timetable.chain)",
    );
    const changed = await apply();
    assert.equal(changed.code, 4, changed.stderr);
  });
});

test('what does not matter is no reason to stop', async () => {
  await afresh();
  await server.run(
    'app',
    `INSERT INTO pgagent.pga_jobclass (jclname) VALUES ('another');
     INSERT INTO pgagent.pga_jobagent (jagpid, jagstation) VALUES (999999, 'gone');
     UPDATE pgagent.pga_job
        SET jobnextrun = now() + interval '1 hour', joblastrun = now(), jobagentid = 999999, jobchanged = now(),
            jobcreated = now(), jobdesc = 'said otherwise',
            jobjclid = (SELECT jclid FROM pgagent.pga_jobclass WHERE jclname = 'another');
     UPDATE pgagent.pga_schedule SET jscdesc = 'said otherwise', jscstart = jscstart - interval '1 day';
     UPDATE pgagent.pga_jobstep SET jstdesc = 'said otherwise', jscnextrun = now();
     INSERT INTO pgagent.pga_joblog (jlgjobid, jlgstatus) SELECT jobid, 's' FROM pgagent.pga_job`,
  );
  const run = await apply();
  assert.equal(run.code, 0, run.stderr);
  assert.ok((await written()).length > 30);
  assert.doesNotMatch(run.stderr, /without effect on the plan/);
});

test('a plan of the day before, with a schedule and an exception that are over since, is applied with a note', async () => {
  await afresh();
  const day = (ago: number): string => new Date(Date.now() - ago * 86_400_000).toISOString();
  await server.run(
    'app',
    `UPDATE pgagent.pga_schedule SET jscend = '${day(1).slice(0, 10)} 12:00:00+00' WHERE jscname = 'until then';
     UPDATE pgagent.pga_exception SET jexdate = '${day(1).slice(0, 10)}'`,
  );
  const older = planText
    .replaceAll('2099-12-31', day(1).slice(0, 10))
    .replaceAll('2098-01-01', day(1).slice(0, 10))
    .replace(/"plannedAt": "[^"]*"/, `"plannedAt": "${day(2)}"`);
  const run = await apply([], older);
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stderr, /- job \d+ "all kinds": schedule \d+ is over since the plan was made; its chain/);
  assert.match(run.stderr, /- job \d+ "all kinds": the day of an exception is over since/);
  const names = (await written()).map((row) => (row as { chain_name: string }).chain_name);
  assert.ok(names.includes('all kinds @ until then'));
});

describe('refused', () => {
  before(afresh);
  const cases: readonly (readonly [string, number, RegExp, () => Promise<Result>])[] = [
    [
      'another key in the environment',
      2,
      /was made with another key/,
      () => apply([], planText, source(), { PGA2TIMETABLE_PLAN_KEY: 'a key of somebody else' }),
    ],
    [
      'no key here',
      2,
      /The key that the plan was made with is not here/,
      () => apply([], planText, source(), { XDG_STATE_HOME: join(folder, 'nobody') }),
    ],
    [
      'a key that is too short',
      2,
      /PGA2TIMETABLE_PLAN_KEY is too short/,
      () => apply([], planText, source(), { PGA2TIMETABLE_PLAN_KEY: 'short' }),
    ],
    ['no file', 2, /There is no plan/, () => pga2timetable(['--plan', join(folder, 'none.json')], env)],
    ['a file that is cut', 2, /ends in the middle/, () => apply([], planText.slice(0, -1000))],
    [
      'another version',
      2,
      /has version 1; this program applies version 2 only/,
      () => apply([], planText.replace('"planVersion": 2', '"planVersion": 1')),
    ],
    [
      'a value of another kind',
      2,
      /is no plan: jobs\[0\]\.chains\[0\]\.runAt is missing or not as it has to be/,
      () => apply([], planText.replace(/"runAt": "[^"]*"/, '"runAt": 5')),
    ],
    [
      'a plan edited by hand',
      4,
      /run_at of "[^"]*" was "9 9 9 9 9", is [\s\S]*the file was edited/,
      () => apply([], planText.replace(/"runAt": "[^"]*"/, '"runAt": "9 9 9 9 9"')),
    ],
    [
      'an instant that is yet to come',
      4,
      /which the clock of the source has not reached/,
      () =>
        apply(
          [],
          planText.replace(
            /"plannedAt": "[^"]*"/,
            `"plannedAt": "${new Date(Date.now() + 90_000).toISOString()}"`,
          ),
        ),
    ],
    [
      'another password in --step-conninfo',
      4,
      /- --step-conninfo is not what the plan was made with\n/,
      () => pga2timetable([...source(), '--plan', PLAN, ...stepConninfo(secret())], env),
    ],
    [
      'no --step-conninfo where it held a password',
      2,
      /Use the same --step-conninfo again/,
      () => pga2timetable([...source(), '--plan', PLAN], env),
    ],
    ['--shell beside it', 2, /--shell cannot be used with --plan/, () => apply(['--shell', 'sh'])],
    ['--paused beside it', 2, /--paused cannot be used with --plan/, () => apply(['--paused'])],
    ['--job=1 beside it', 2, /--job cannot be used with --plan/, () => apply(['--job=1'])],
    [
      '--disable-source beside a plan without it',
      2,
      /--disable-source cannot be used with --plan/,
      () => apply(['--disable-source']),
    ],
    ['--plan twice', 2, /--plan is given more than once/, () => apply(['--plan', PLAN])],
  ];
  for (const [name, code, message, run] of cases) {
    test(name, async () => {
      const result = await run();
      assert.equal(result.code, code, result.stderr);
      assert.match(result.stderr, message);
      assert.deepEqual(await written(), []);
      assertHidden(result);
    });
  }
});

describe('--output', () => {
  test('takes the table too, without colours, for its owner alone', async () => {
    await afresh();
    const file = join(folder, 'table.txt');
    const run = await pga2timetable([...source(), '--dry-run', '--partial', '--output', file], env);
    assert.equal(run.code, 6, run.stderr);
    assert.equal(run.stdout, '');
    assert.match(readFileSync(file, 'utf8'), /Payroll @ month end/);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  test('leaves the former file alone when the run fails, and nothing beside it', async () => {
    const there = mkdtempSync(join(folder, 'there-'));
    const file = join(there, 'plan.json');
    writeFileSync(file, 'former');
    const args = ['--dry-run', '--format', 'json', '--output', file];
    const failed = await pga2timetable([...args, '--overwrite', '-s', server.uri('nowhere')], env);
    assert.equal(failed.code, 1, failed.stderr);
    const refused = await pga2timetable(['--strict', '--output', file, '--overwrite', ...source()], env);
    assert.equal(refused.code, 3, refused.stderr);
    assert.deepEqual(readdirSync(there), ['plan.json']);
    assert.equal(readFileSync(file, 'utf8'), 'former');
  });

  for (const [name, path, message] of [
    ['a folder that is not there', join(folder, 'none', 'x.json'), /its folder is not there/],
    ['a folder', folder, /is a folder/],
    ['a device', '/dev/null', /is no file/],
    ['a folder that is a file', join(folder, 'plan.json', 'x'), /its folder is a file/],
  ] as const) {
    test(`is refused before anything is connected: ${name}`, async () => {
      const run = await pga2timetable(['-s', 'host=127.0.0.1 port=1', '--dry-run', '--output', path], env);
      assert.equal(run.code, 2, run.stderr);
      assert.match(run.stderr, message);
      assert.ok(existsSync('/dev/null'));
    });
  }

  test('is no place for what --show-secrets shows', async () => {
    const run = await plan(['--show-secrets']);
    assert.equal(run.code, 2);
    assert.match(run.stderr, /a plan file masks what looks like a password/);
  });
});
