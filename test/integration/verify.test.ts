import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { verificationSchema } from '../../src/model/verdict.ts';
import { pga2timetable, type Result } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { StandInClient } from '../engine/stand-in.ts';
import { createStandInPgAgent, insertJob, type JobRow } from '../pgagent/insert-job.ts';
import { type Server, startServer } from '../servers/postgres.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

const STEPS = [{ name: 'step', code: 'SELECT 1' }];
const NINE: JobRow = { name: 'Nine', schedules: [{ name: 'daily', minutes: [0], hours: [9] }], steps: STEPS };
const LAST: JobRow = {
  name: 'Payroll',
  schedules: [{ name: 'month end', minutes: [0], hours: [18], monthDays: [32] }],
  steps: STEPS,
};
const LATER: JobRow = { name: 'Later', schedules: [{ name: 'each', start: '2090-01-01' }], steps: STEPS };

let databases = 0;
/** A database with both schemas, jobs, and their chains. */
async function migrated(jobs: readonly JobRow[], ...options: readonly string[]): Promise<string> {
  const name = `verify_${++databases}`;
  await server.createDatabase(name);
  await createStandInPgAgent(server, name);
  await createTimetable(server, name, '7.0.0');
  for (const job of jobs) await insertJob(server, name, job);
  const { code, stderr } = await pga2timetable(['-s', server.uri(name), ...options]);
  assert.equal(code, 0, stderr);
  return name;
}

const verify = (database: string, ...options: readonly string[]): Promise<Result> =>
  pga2timetable(['verify', '-s', server.uri(database), ...options]);

/** The lines of the table below the two servers, the summary last. */
const said = ({ stdout }: Result): readonly string[] => stdout.trimEnd().split('\n').slice(3);

test('what was just migrated is equal: exit 0', async () => {
  const database = await migrated([NINE, LAST, LATER]);
  const result = await verify(database);
  assert.deepEqual(said(result), [
    'equal      job 1 "Nine", 1 chain',
    'equal      job 2 "Payroll", 3 chains',
    'equal      job 3 "Later", 2 chains',
    '',
    '3 jobs: 3 equal, 0 different, 0 idle (neither side runs them by the clock).',
  ]);
  assert.equal(result.code, 0);
  assert.equal(result.stderr, '');
});

test('a line that was changed by a minute: exit 5, the first minutes, on which side', async () => {
  const database = await migrated([NINE]);
  await server.run(database, `UPDATE timetable.chain SET run_at = '1 9 * * *'`);
  const { code, stdout } = await verify(database, '--format', 'json');
  assert.equal(code, 5);
  const [verdict] = verificationSchema.parse(JSON.parse(stdout)).jobs;
  assert.equal(verdict?.verdict, 'different');
  assert.deepEqual(
    verdict?.differences.map(({ minute, firesIn }) => [minute.slice(11), firesIn]),
    [
      ['09:00', 'pgAgent'],
      ['09:01', 'pg_timetable'],
      ['09:00', 'pgAgent'],
    ],
  );
});

test('chains that are missing, not live, bound to another client, or of no job any more are found', async () => {
  const database = await migrated([
    NINE,
    LAST,
    { ...NINE, name: 'Host', host: 'h1' },
    { ...NINE, name: 'Gone' },
  ]);
  await server.run(
    database,
    `DELETE FROM timetable.chain WHERE chain_name = 'Nine @ daily';
     UPDATE timetable.chain SET live = false WHERE chain_name = 'Payroll @ month end [2/3]';
     UPDATE timetable.chain SET client_name = 'h2' WHERE chain_name = 'Host @ daily';
     DELETE FROM pgagent.pga_job WHERE jobname = 'Gone'`,
  );
  const { code, stdout } = await verify(database, '--format', 'json');
  assert.equal(code, 5);
  const { jobs, strayChains, summary } = verificationSchema.parse(JSON.parse(stdout));
  assert.deepEqual(
    jobs.map(({ jobName, problems }) => [jobName, problems.map((one) => one.code)]),
    [
      ['Nine', ['missing-chain']],
      ['Payroll', ['not-live']],
      ['Host', ['client-name']],
    ],
  );
  assert.deepEqual(strayChains, ['Gone @ daily']);
  assert.deepEqual(summary, { jobs: 3, equal: 0, paused: 0, different: 3, idle: 0 });
});

test('a host that was renamed by --client-name is right as the record says, and wrong if verify is told otherwise', async () => {
  const database = await migrated([{ ...NINE, host: 'h1' }], '--client-name', 'h1=w1');
  assert.equal((await verify(database)).code, 0);
  assert.equal((await verify(database, '--client-name', 'h1=h1')).code, 5);
});

test('only the jobs that are asked for are compared, and then no chain counts as of no job', async () => {
  const database = await migrated([NINE, LAST]);
  await server.run(database, `DELETE FROM timetable.chain WHERE chain_name LIKE 'Payroll%'`);
  const result = await verify(database, '--job', 'Nine');
  assert.deepEqual([result.code, said(result)[0]], [0, 'equal      job 1 "Nine", 1 chain']);
  assert.equal((await verify(database)).code, 5);
});

test('jobs that were disabled since count as enabled behind a cutover, those that always were do not', async () => {
  const database = await migrated([NINE, { ...NINE, name: 'Off', enabled: false }]);
  await server.run(database, 'UPDATE pgagent.pga_job SET jobenabled = false');
  assert.equal((await verify(database)).code, 5);
  const result = await verify(database, '--after-cutover', '--without-client');
  assert.deepEqual(said(result).slice(0, 2), [
    'equal      job 1 "Nine", 1 chain',
    'idle       job 2 "Off", 1 chain',
  ]);
  assert.equal(result.code, 0);
});

test('--quiet shows only what differs', async () => {
  const database = await migrated([NINE, LAST]);
  await server.run(
    database,
    `UPDATE timetable.chain SET max_instances = 4 WHERE chain_name = 'Nine @ daily'`,
  );
  const result = await verify(database, '--quiet');
  assert.match(said(result)[0] ?? '', /^different {2}job 1 "Nine"/);
  assert.ok(!result.stdout.includes('Payroll'));
});

test('two sides that read different clocks are not equal: exit 5, and the statement that mends it', async () => {
  const database = await migrated([NINE]);
  const other = await migrated([NINE]);
  await server.run(other, `ALTER DATABASE ${other} SET TimeZone = 'Europe/Berlin'`);
  const differing = await verify(database, '-t', server.uri(other));
  assert.equal(differing.code, 5);
  assert.match(differing.stdout, /ALTER DATABASE "verify_\d+" SET TimeZone = 'UTC';/);
  assert.equal((await verify(database, '-t', server.uri(other), '--accept-time-zone')).code, 0);
});

test('a target without any chain of ours: every job that runs is different', async () => {
  const database = await migrated([NINE, { ...NINE, name: 'Off', enabled: false }]);
  await server.run(database, 'DELETE FROM timetable.chain');
  const { code, stdout } = await verify(database, '--format', 'json');
  const { jobs } = verificationSchema.parse(JSON.parse(stdout));
  assert.deepEqual([code, jobs.map(({ verdict }) => verdict)], [5, ['different', 'idle']]);
});

test('options that only a migration has are refused, with the ones that look like them', async () => {
  const { code, stderr } = await pga2timetable(['verify', '--dry-run']);
  assert.equal(code, 2);
  assert.match(
    stderr,
    /Unknown argument: dry-run\.\n {2}--dry-run is an option of migrate\. See pga2timetable verify --help\./,
  );
});

const sql = (database: string, text: string): Promise<unknown> => server.run(database, text);
const handOver = (database: string, ...options: readonly string[]): Promise<Result> =>
  pga2timetable(['-s', server.uri(database), '--disable-source', '--without-client', ...options]);

test('a job, a schedule or a second job that got another name since: the record knows whose chains they are', async () => {
  const database = await migrated([NINE, LAST, LATER]);
  assert.equal((await handOver(database)).code, 0);
  await sql(database, "UPDATE pgagent.pga_job SET jobname = 'Ten' WHERE jobid = 1");
  await sql(database, "UPDATE pgagent.pga_job SET jobname = 'Wages' WHERE jobid = 2");
  await sql(database, "UPDATE pgagent.pga_schedule SET jscname = 'ultimo' WHERE jscjobid = 2");
  // The names of two jobs are one now.
  await insertJob(server, database, { ...LATER, enabled: false, schedules: [{ name: 'each' }] });
  const result = await verify(database, '--without-client');
  assert.deepEqual(said(result).slice(0, 3), [
    'equal      job 1 "Ten", 1 chain; it moved as "Nine", and its chains keep that name',
    'equal      job 2 "Wages", 3 chains; it moved as "Payroll", and its chains keep that name',
    'equal      job 3 "Later", 2 chains',
  ]);
  assert.equal(result.code, 0, result.stdout);
});

test('what was changed by hand in a task is said, and in which', async () => {
  const database = await migrated([
    {
      ...NINE,
      steps: [
        { name: 'a', code: 'SELECT 1' },
        { name: 'b', code: 'SELECT 2' },
      ],
    },
    { ...NINE, name: 'Batch', steps: [{ name: 'script', kind: 'b', code: 'true' }] },
    { ...NINE, name: 'Comment' },
    { ...NINE, name: 'Both' },
  ]);
  await sql(database, `UPDATE timetable.task SET command = 'SELECT 3' WHERE task_name = 'b'`);
  await sql(database, `UPDATE timetable.parameter SET value = '["-c", "false"]'`);
  await sql(database, `UPDATE timetable.chain SET on_error = '' WHERE chain_name = 'Comment @ daily'`);
  await sql(
    database,
    `UPDATE timetable.chain SET on_error = 'SELECT 1' WHERE chain_name = 'Comment @ daily'`,
  );
  // Which task it was cannot be seen: the job has other steps by now too.
  await sql(
    database,
    `UPDATE timetable.task k SET command = 'SELECT 3' FROM timetable.chain c WHERE c.chain_id = k.chain_id AND c.chain_name = 'Both @ daily' AND k.task_name = 'step'`,
  );
  await sql(database, `UPDATE pgagent.pga_jobstep SET jstcode = 'SELECT 4' WHERE jstjobid = 4`);
  const result = await verify(database, '--format', 'json');
  assert.equal(result.code, 5);
  assert.deepEqual(
    verificationSchema
      .parse(JSON.parse(result.stdout))
      .jobs.flatMap(({ problems }) =>
        problems.map(({ code, chainName, message }) => [code, chainName, message]),
      ),
    [
      ['changed-by-hand', 'Nine @ daily', 'its task "b" was changed by hand'],
      ['changed-by-hand', 'Batch @ daily', 'its task "script" was changed by hand'],
      ['chain-settings', 'Comment @ daily', 'on_error runs SQL when it fails'],
      ['changed-by-hand', 'Both @ daily', 'it was changed by hand'],
    ],
  );
});

test('chains of any client, and two clients: each job runs twice, unless --every-client was meant', async () => {
  const database = await migrated([NINE, { ...NINE, name: 'Bound', host: 'h1' }]);
  const clients = [await StandInClient.connect(server, database, 'w1')];
  assert.equal((await verify(database)).code, 0);
  clients.push(await StandInClient.connect(server, database, 'w2'));
  const result = await verify(database);
  assert.equal(result.code, 5);
  assert.match(
    said(result).join('\n'),
    /different {2}job 1 "Nine".*\n.*several-clients.*each of the 2 connected\s+clients runs it \("w1", "w2"\)/,
  );
  assert.match(result.stdout, /\nequal {6}job 2 "Bound"/);
  const preflight = await pga2timetable(['-s', server.uri(database), '--dry-run']);
  assert.match(preflight.stdout, /warning +Each of 2 connected clients runs 1 live chain: "w1", "w2"\./);
  // Meant so: only the record changes.
  const meant = await pga2timetable(['-s', server.uri(database), '--every-client']);
  assert.equal(meant.code, 0, meant.stderr);
  assert.equal((await verify(database)).code, 0);
  for (const client of clients) await client.stop();
});

test('paused chains are compared before they go live: exit 0 while pgAgent runs the jobs', async () => {
  const database = await migrated([NINE, LAST, LATER, { ...NINE, name: 'Off', enabled: false }], '--paused');
  const result = await verify(database);
  assert.deepEqual(said(result), [
    'paused     job 1 "Nine", 1 chain',
    'paused     job 2 "Payroll", 3 chains',
    'paused     job 3 "Later", 2 chains',
    'idle       job 4 "Off", 1 chain',
    '',
    '4 jobs: 0 equal, 3 equal but paused (pgAgent runs them), 0 different, 1 idle (neither side runs them by the clock).',
  ]);
  assert.equal(result.code, 0);
  await sql(database, `UPDATE timetable.chain SET run_at = '1 9 * * *' WHERE chain_name = 'Nine @ daily'`);
  assert.match(said(await verify(database))[0] ?? '', /^different {2}job 1/);
  const nowhere = await migrated([NINE]);
  await sql(nowhere, 'UPDATE timetable.chain SET live = false');
  assert.equal((await verify(nowhere)).code, 5, 'switched off by hand');
});

test('live chains behind a cutover without a connected client run nowhere: exit 5', async () => {
  const database = await migrated([NINE, LAST, { ...NINE, name: 'Bound', host: 'my host' }]);
  assert.equal((await verify(database)).code, 0, 'pgAgent runs them');
  assert.equal((await handOver(database)).code, 0);
  const result = await verify(database);
  assert.equal(result.code, 5);
  const text = result.stdout.replaceAll(/\s+/g, ' ');
  assert.match(
    text,
    /No pg_timetable client is connected: 4 live chains run nowhere, since pgAgent does not run these jobs\. Start it: pg_timetable --clientname=NAME/,
  );
  assert.match(
    text,
    /The pg_timetable client "my host" is not connected: 1 live chain runs nowhere.*--clientname='my host'/,
  );
  assert.equal((await verify(database, '--without-client')).code, 0);
  const clients = [await StandInClient.connect(server, database, 'my host')];
  assert.equal((await verify(database)).code, 0);
  for (const client of clients) await client.stop();
});
