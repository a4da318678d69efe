import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { TaskPlan } from '../../src/model/plan.ts';
import { oneRunAtATime, releaseSnapshot, stoppingGuard } from '../../src/transform/guard.ts';
import { markedSql } from '../pages/page.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { until } from '../pgagent/real.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { findEngine } from './engine.ts';

// The queries of docs/after-the-move.md, docs/cutover.md and docs/service.md, on what the engine writes down of real runs.

const engine = findEngine();
const query = (name: string, file = 'docs/after-the-move.md'): string => markedSql(file, `query: ${name}`);
let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server?.stop());

type TaskOf = Pick<TaskPlan, 'taskName' | 'command'> &
  Partial<Pick<TaskPlan, 'kind' | 'ignoreError' | 'autonomous' | 'databaseConnection'>>;

/** Makes a chain that is not live. @returns its id */
async function insertChain(database: string, name: string, tasks: readonly TaskOf[]): Promise<string> {
  const client = await server.connect(database);
  try {
    const { rows } = await client.query(
      "INSERT INTO timetable.chain (chain_name, run_at, live) VALUES ($1, '0 0 1 1 *', false) RETURNING chain_id",
      [name],
    );
    for (const [at, task] of tasks.entries())
      await client.query(
        `INSERT INTO timetable.task (chain_id, task_order, task_name, kind, command, ignore_error, autonomous, database_connection)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          ...[rows[0].chain_id, at, task.taskName, task.kind ?? 'SQL', task.command],
          ...[task.ignoreError ?? false, task.autonomous ?? false, task.databaseConnection ?? null],
        ],
      );
    return rows[0].chain_id;
  } finally {
    await client.end();
  }
}

const step = (command: string, more: Partial<TaskOf> = {}): TaskOf => ({
  taskName: 'a',
  command,
  autonomous: true,
  ...more,
});

test(`${engine.name}: the query for failed runs finds these, and no stop of a guard`, async () => {
  await server.createDatabase('failed');
  await engine.init(server, 'failed');
  const nowhere = 'host=127.0.0.1 port=1 user=nobody dbname=nothing';
  const chains: Readonly<Record<string, readonly TaskOf[]>> = {
    fine: [step('SELECT 1')],
    fails: [step('SELECT 1 / 0')],
    ignored: [step('SELECT 1 / 0', { ignoreError: true })],
    batch: [step('false', { kind: 'PROGRAM' })],
    'no server': [step('SELECT 1', { databaseConnection: nowhere, autonomous: false })],
    'raised by a step': [step("DO $$ BEGIN RAISE EXCEPTION 'not run: no data'; END $$")],
    'broken guard': [step('SELECT nothing', { taskName: 'guard' })],
    guarded: [stoppingGuard([{ kind: 'before', instant: 0 }], 1), step('SELECT 1')],
    locked: [oneRunAtATime('job', 1), step('SELECT 1')],
  };
  const ids = [];
  for (const [name, tasks] of Object.entries(chains)) ids.push(await insertChain('failed', name, tasks));
  const other = await server.connect('failed');
  await other.query("SELECT pg_advisory_lock(hashtextextended('job', 0))");
  const ends = await engine.runChains(server, 'failed', ids, 'w1');
  await other.end();
  assert.deepEqual(
    [...ends.values()],
    ['succeeded', 'failed', 'succeeded', 'failed', 'failed', 'failed', 'failed', 'failed', 'failed'],
  );
  const { rows } = await server.run('failed', query('failed runs'));
  assert.deepEqual(
    rows.map(({ chain, task }) => `${chain}: ${task}`),
    ['fails: a', 'batch: a', 'no server: a', 'raised by a step: a', 'broken guard: guard'],
  );
  assert.match(rows[0].error, /division by zero/);
});

test(`${engine.name}: the query for silent clients finds the one that does not tick, or has stopped`, async () => {
  await server.createDatabase('silent');
  await engine.init(server, 'silent');
  await insertChain('silent', 'of w1', [step('SELECT 1')]);
  await insertChain('silent', 'of w2', [step('SELECT 1')]);
  await insertChain('silent', 'of any', [step('SELECT 1')]);
  await insertChain('silent', 'paused', [step('SELECT 1')]);
  await server.run(
    'silent',
    `UPDATE timetable.chain SET client_name = right(chain_name, 2), live = true WHERE chain_name IN ('of w1', 'of w2');
     UPDATE timetable.chain SET live = true WHERE chain_name = 'of any';
     UPDATE timetable.chain SET client_name = 'w3' WHERE chain_name = 'paused'`,
  );
  const silent = async (): Promise<readonly unknown[]> =>
    (await server.run('silent', `${query('silent clients').replace(/;\s*$/, '')} ORDER BY 1`)).rows.map(
      ({ client_name }) => client_name,
    );
  assert.deepEqual(await silent(), ['w1', 'w2', null]);
  const client = await engine.startTicking(server, 'silent', 'w1');
  await until(async () => (await silent()).length === 1);
  await client.stop();
  assert.deepEqual(await silent(), ['w2']);
  const minutesLater = (minutes: number): Promise<unknown> =>
    server.run('silent', `UPDATE timetable.log SET ts = ts - interval '${minutes} minutes'`);
  await minutesLater(2);
  assert.deepEqual(await silent(), ['w2']);
  await minutesLater(1);
  assert.deepEqual(await silent(), ['w1', 'w2', null]);
});

test(`${engine.name}: the query for runs has a row for each step that ran, and none for an added task`, async () => {
  await server.createDatabase('runs');
  await engine.init(server, 'runs');
  const id = await insertChain('runs', 'nightly @ daily', [
    stoppingGuard([{ kind: 'before', instant: Date.UTC(2100, 0, 1) }], 1),
    oneRunAtATime('nightly', 1),
    releaseSnapshot(2),
    step('SELECT 1', { taskName: 'fill' }),
    step('false', { taskName: 'copy', kind: 'PROGRAM' }),
  ]);
  await engine.runChains(server, 'runs', [id], 'w1');
  const { rows } = await server.run('runs', query('runs', 'docs/cutover.md'));
  assert.deepEqual(
    rows.map(({ chain_name, task_name }) => `${chain_name}: ${task_name}`),
    ['nightly @ daily: copy', 'nightly @ daily: fill'],
  );
  assert.notEqual(rows[0].returncode, 0);
  assert.equal(rows[1].returncode, 0);
});

describe(`${engine.name}: after a run`, () => {
  const rows = async (sql: string): Promise<readonly unknown[]> => (await server.run('later', sql)).rows;

  before(async () => {
    await server.createDatabase('later');
    await engine.init(server, 'later');
    await createStandInPgAgent(server, 'later');
    await insertJob(server, 'later', { name: 'left', steps: [] });
    await server.run('later', "UPDATE pgagent.pga_job SET jobnextrun = now() WHERE jobname = 'left'");
    await insertJob(server, 'later', { name: 'by hand', steps: [] });
    await insertJob(server, 'later', { name: 'moved', enabled: false, steps: [] });
    const ran = await insertChain('later', 'ran', [step('SELECT 1')]);
    await insertChain('later', 'waits', [step('SELECT 1', { databaseConnection: 'host=db1 dbname=b' })]);
    await insertChain('later', 'paused', [step('true', { kind: 'PROGRAM' })]);
    await engine.runChains(server, 'later', [ran], 'w1');
    await server.run('later', "UPDATE timetable.chain SET live = true WHERE chain_name <> 'paused'");
  });

  test('the query for live chains that have not run names these', async () => {
    assert.deepEqual(await rows(query('not run yet')), [{ chain_name: 'waits', run_at: '0 0 1 1 *' }]);
  });

  test('the query for jobs that pgAgent still has names the enabled ones', async () => {
    const found = (await rows(query('still in pgAgent'))) as { jobname: string; jobnextrun: Date | null }[];
    assert.deepEqual(
      found.map(({ jobname, jobnextrun }) => [jobname, jobnextrun !== null]),
      [
        ['left', true],
        ['by hand', false],
      ],
    );
  });

  test('the statement for the sequences of a restored pgAgent lets each return a new number', async () => {
    const numbered = [...query('sequences').matchAll(/'pgagent\.(\w+)', '(\w+)'/g)];
    const all = await rows(
      "SELECT DISTINCT attrelid FROM pg_attrdef JOIN pg_attribute ON adrelid = attrelid AND adnum = attnum WHERE attrelid::regclass::text ~ '^pgagent' AND pg_get_expr(adbin, adrelid) ~ 'nextval'",
    );
    assert.equal(numbered.length, all.length);
    await server.run('later', 'ALTER SEQUENCE pgagent.pga_job_jobid_seq RESTART');
    await server.run('later', query('sequences'));
    await insertJob(server, 'later', { name: 'new', enabled: false, steps: [] });
    assert.deepEqual(await rows("SELECT jobid FROM pgagent.pga_job WHERE jobname = 'new'"), [{ jobid: 4 }]);
  });

  test('the query for long runs names those above six hours', async () => {
    await server.run(
      'later',
      `INSERT INTO timetable.active_chain
       SELECT chain_id, 'w1', now() - interval '6 hours' + shift
         FROM timetable.chain JOIN (VALUES ('ran', interval '-1 second'), ('waits', interval '1 minute')) AS v (name, shift)
           ON chain_name = name`,
    );
    const found = (await rows(query('long runs'))) as { chain_name: string }[];
    assert.deepEqual(
      found.map(({ chain_name }) => chain_name),
      ['ran'],
    );
  });

  test('the query for programs counts them, with the interpreters of scripts', async () => {
    await server.run(
      'later',
      `INSERT INTO timetable.parameter (task_id, order_id, value)
       SELECT task_id, 1, '["-c", "#!/usr/bin/env python3\\nprint()"]' FROM timetable.task WHERE kind = 'PROGRAM'`,
    );
    assert.deepEqual(await rows(query('programs', 'docs/service.md')), [
      { command: 'true', interpreter: '#!/usr/bin/env python3', count: '1' },
    ]);
  });

  test('the statements for a copy leave no chain live and list the connections', async () => {
    const results = (await server.run('later', query('staging'))) as unknown as { rows: unknown[] }[];
    assert.deepEqual(results[1]?.rows, [{ database_connection: 'host=db1 dbname=b' }]);
    assert.deepEqual(await rows('SELECT FROM timetable.chain WHERE live'), []);
  });

  test('the chain that purges the logs deletes what is older than 30 days', async () => {
    const [call] = await rows("SELECT to_regproc('timetable.add_job') IS NOT NULL AS is_there");
    const sql = query('purge');
    if ((call as { is_there: boolean }).is_there) await server.run('later', sql);
    const [, purge = ''] = /\$\$([\s\S]*)\$\$/.exec(sql) ?? [];
    await server.run(
      'later',
      `TRUNCATE timetable.log, timetable.execution_log;
       INSERT INTO timetable.log (pid, log_level, ts) SELECT 1, 'INFO', now() - d * interval '1 day' FROM generate_series(29, 31) AS d;
       INSERT INTO timetable.execution_log (txid, client_name, finished) SELECT 1, 'w1', now() - d * interval '1 day' FROM generate_series(29, 31) AS d;
       ${purge}`,
    );
    for (const table of ['log', 'execution_log'])
      assert.equal((await rows(`SELECT FROM timetable.${table}`)).length, 2, table);
  });
});
