import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { type JobState, judgeJobs, PAUSE_BETWEEN_LOOKS } from '../../src/pgagent/job-states.ts';
import { type JobsLook, lookAtJobs } from '../../src/pgagent/jobs-look.ts';
import { insertJob, type JobRow, type ScheduleRow } from '../pgagent/insert-job.ts';
import { agentProgram, createPgAgent, startAgent, until } from '../pgagent/real.ts';
import { debian15, type Server, startServer } from '../servers/postgres.ts';

const ONCE_A_YEAR: ScheduleRow = { minutes: [0], hours: [0], monthDays: [1], months: [1] };
/** Behind its run pgAgent makes a date of it, in whatever month that is, and fails. */
const ON_30_FEBRUARY: ScheduleRow = { minutes: [0], hours: [0], monthDays: [30], months: [2] };

describe('how jobs of the real pgAgent stand', () => {
  let server: Server;
  let client: pg.Client;
  before(async () => {
    server = await startServer('debian-15');
    await createPgAgent(server, 'postgres');
    client = await open('postgres');
  });
  after(async () => {
    await client.end();
    server.stop();
  });

  const open = async (database: string): Promise<pg.Client> => {
    const opened = await server.connect(database);
    await opened.query('SET search_path = pg_catalog');
    return opened;
  };
  // A job that is not enabled yet has its next run not computed, which would fail for some.
  const add = (name: string, steps: JobRow['steps'], more: Partial<JobRow> = {}): Promise<number> =>
    insertJob(server, 'postgres', { name, enabled: false, schedules: [ONCE_A_YEAR], steps, ...more });
  const runNow = (jobId: number, database = 'postgres'): Promise<unknown> =>
    server.run(
      database,
      `UPDATE pgagent.pga_job SET jobenabled = true, jobnextrun = now() - interval '1 second' WHERE jobid = ${jobId}`,
    );
  const stateOf = async (jobId: number, of = client): Promise<JobState | undefined> => {
    const first = await lookAtJobs(of, [jobId]);
    await sleep(PAUSE_BETWEEN_LOOKS);
    return judgeJobs(first, await lookAtJobs(of, [jobId]))[0];
  };
  const isTaken = async (jobId: number, of = client): Promise<boolean> =>
    ((await lookAtJobs(of, [jobId])).jobs.get(jobId)?.agentId ?? null) !== null;
  const runOf = async (jobId: number) => (await lookAtJobs(client, [jobId])).jobs.get(jobId)?.run;
  const isIdle = async (jobId: number): Promise<boolean> => {
    const { rows } = await server.run(
      'postgres',
      `SELECT jobagentid IS NULL AND NOT coalesce(jobnextrun <= now(), false) AS idle
         FROM pgagent.pga_job WHERE jobid = ${jobId}`,
    );
    return rows[0].idle;
  };
  const onlyStep = async (jobId: number): Promise<number> => {
    const { rows } = await server.run(
      'postgres',
      `SELECT jstid AS id FROM pgagent.pga_jobstep WHERE jstjobid = ${jobId}`,
    );
    return rows[0].id;
  };

  test('a job whose step sleeps is running, in that step', async () => {
    const jobId = await add('sleeps', [{ name: '1', code: 'SELECT pg_sleep(6)' }]);
    const agent = await startAgent(server, 'postgres');
    try {
      await runNow(jobId);
      await until(() => isTaken(jobId));
      const state = await stateOf(jobId);
      assert.ok(state?.kind === 'running', state?.kind);
      assert.deepEqual([state.phase, state.station], ['step', hostname()]);
      assert.equal(state.stepId, await onlyStep(jobId));
      await until(() => isIdle(jobId));
    } finally {
      await agent.stop();
    }
  });

  test('a job of many small steps is never stuck, though it often has no step at r', async () => {
    const steps = Array.from({ length: 200 }, (_, i) => ({
      name: String(i).padStart(3, '0'),
      code: 'SELECT pg_sleep(0.02)',
    }));
    const jobId = await add('many steps', steps);
    const agent = await startAgent(server, 'postgres');
    const looks: JobsLook[] = [];
    try {
      await runNow(jobId);
      await until(() => isTaken(jobId));
      for (;;) {
        const look = await lookAtJobs(client, [jobId]);
        if ((look.jobs.get(jobId)?.agentId ?? null) === null) break;
        looks.push(look);
      }
    } finally {
      await agent.stop();
    }
    const between = looks.filter(({ jobs }) => jobs.get(jobId)?.run?.runningStep === null);
    assert.ok(between.length >= 5, `${between.length} of ${looks.length} looks between two steps`);
    const pairs = between.flatMap((first) =>
      between.filter(({ at }) => at - first.at >= PAUSE_BETWEEN_LOOKS).map((second) => ({ first, second })),
    );
    assert.ok(pairs.length >= 5, `${pairs.length} pairs of looks`);
    for (const { first, second } of pairs) assert.equal(judgeJobs(first, second)[0]?.kind, 'running');
  });

  test('a job whose next date does not exist is stuck after its run, and its agent lives', async () => {
    const jobId = await add('31st', [{ name: '1', code: 'SELECT 1' }], { schedules: [ON_30_FEBRUARY] });
    const agent = await startAgent(server, 'postgres');
    try {
      await runNow(jobId);
      await until(async () => {
        const run = await runOf(jobId);
        return run?.begunSteps === 1 && run.runningStep === null;
      });
      const state = await stateOf(jobId);
      assert.ok(state?.kind === 'stuck', state?.kind);
      const { rows } = await server.run('postgres', 'SELECT max(jlgid) AS id FROM pgagent.pga_joblog');
      assert.deepEqual(state.reason, { kind: 'after-run', station: hostname(), logId: rows[0].id });
    } finally {
      await agent.stop();
      await server.run('postgres', `DELETE FROM pgagent.pga_job WHERE jobid = ${jobId}`);
    }
  });

  test('a job whose agent was killed is stuck once its statement has ended; the next agent lets it go', async () => {
    const jobId = await add('killed', [{ name: '1', code: 'SELECT pg_sleep(8)' }]);
    const conninfo = server.conninfo('postgres').replaceAll("'", '');
    const daemon = spawn(agentProgram() ?? '', ['-f', '-t', '1', conninfo], { stdio: 'ignore' });
    await runNow(jobId);
    await until(() => isTaken(jobId));
    const { jobs, agents } = await lookAtJobs(client, [jobId]);
    const agentId = jobs.get(jobId)?.agentId;
    assert.deepEqual(
      agents.map(({ pid, station }) => [pid, station]),
      [[agentId, hostname()]],
    );
    const step = await onlyStep(jobId);
    await until(async () => (await runOf(jobId))?.runningStep?.stepId === step);
    daemon.kill('SIGKILL');
    await until(async () => (await lookAtJobs(client, [jobId])).agents.length === 0);
    const look = await lookAtJobs(client, [jobId]);
    const [orphaned] = judgeJobs(look, look);
    const { rows } = await server.run(
      'postgres',
      "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query = 'SELECT pg_sleep(8)'",
    );
    assert.equal(rows.length, 1, 'the statement of the killed agent goes on');
    assert.ok(orphaned?.kind === 'orphaned', orphaned?.kind);
    assert.deepEqual([orphaned.agentId, orphaned.stepId, orphaned.backend], [agentId, step, rows[0].pid]);
    const stateNow = async () => {
      const now = await lookAtJobs(client, [jobId]);
      return judgeJobs(now, now)[0];
    };
    await until(async () => (await stateNow())?.kind === 'stuck');
    const state = await stateNow();
    assert.ok(state?.kind === 'stuck', state?.kind);
    assert.deepEqual(state.reason, {
      ...{ kind: 'dead-agent', agentId, begunSteps: 1 },
      ...{ stepId: step, mayStillRun: false },
    });
    const next = await startAgent(server, 'postgres');
    assert.equal(await isTaken(jobId), false);
    await next.stop();
  });

  test('a job that is due is overdue, and the agent of its host or any takes it', async () => {
    const steps = [{ name: '1', code: 'SELECT 1' }];
    const ours = await add('of any host', steps);
    const theirs = await add('of another host', steps, { host: 'another-host' });
    for (const jobId of [ours, theirs]) await runNow(jobId);
    const takers = async () => {
      const look = await lookAtJobs(client, [ours, theirs]);
      return judgeJobs(look, look).map((state) => (state.kind === 'overdue' ? state.takers : state.kind));
    };
    assert.deepEqual(await takers(), [[], []]);
    // pgAgent's thread waits for the row, so that the job stays due while it is looked at.
    const other = await server.connect('postgres');
    await other.query('BEGIN');
    await other.query('SELECT FROM pgagent.pga_job FOR UPDATE');
    const agent = await startAgent(server, 'postgres');
    try {
      assert.deepEqual(await takers(), [[hostname()], []]);
      await other.query('COMMIT');
      await until(() => isIdle(ours));
      assert.equal(await isIdle(theirs), false);
    } finally {
      await other.end();
      await agent.stop();
    }
  });

  test('after a restore the log has no ids left for it: the job is stuck without a log, and with one it fails', async () => {
    await server.run(
      'postgres',
      `DELETE FROM pgagent.pga_job;
       ALTER SEQUENCE pgagent.pga_joblog_jlgid_seq RESTART; ALTER SEQUENCE pgagent.pga_jobsteplog_jslid_seq RESTART`,
    );
    const jobId = await add('restored', [{ name: '1', code: 'SELECT 1' }]);
    await server.run(
      'postgres',
      `INSERT INTO pgagent.pga_joblog (jlgjobid, jlgstatus) SELECT ${jobId}, 's' FROM generate_series(1, 20);
       INSERT INTO pgagent.pga_jobsteplog (jsljlgid, jsljstid, jslstatus)
       SELECT jlgid, ${await onlyStep(jobId)}, 's' FROM pgagent.pga_joblog`,
    );
    assert.deepEqual((await lookAtJobs(client, null)).sequencesBehind, []);
    await server.createDatabase('restored');
    const dump = spawnSync(
      join(debian15() ?? '', 'pg_dump'),
      ['--no-password', server.conninfo('postgres')],
      { encoding: 'utf8' },
    );
    const restore = spawnSync(
      join(debian15() ?? '', 'psql'),
      ['--no-psqlrc', '-v', 'ON_ERROR_STOP=1', server.conninfo('restored')],
      { encoding: 'utf8', input: dump.stdout },
    );
    assert.equal(restore.status, 0, dump.stderr + restore.stderr);
    const restored = await open('restored');
    const agent = await startAgent(server, 'restored');
    try {
      assert.deepEqual((await lookAtJobs(restored, null)).sequencesBehind, ['pga_joblog', 'pga_jobsteplog']);
      await runNow(jobId, 'restored');
      await until(() => isTaken(jobId, restored));
      const state = await stateOf(jobId, restored);
      assert.ok(state?.kind === 'stuck', state?.kind);
      assert.deepEqual(state.reason, { kind: 'no-log', station: hostname(), sequenceIsBehind: true });

      await restored.query("SELECT setval('pgagent.pga_joblog_jlgid_seq', 20)");
      await restored.query('UPDATE pgagent.pga_job SET jobagentid = NULL, jobnextrun = now()');
      await until(
        async () =>
          (
            await restored.query(
              "SELECT FROM pgagent.pga_joblog WHERE jlgid = 21 AND jlgstatus = 'i' AND jlgduration IS NOT NULL",
            )
          ).rowCount === 1,
      );
      assert.equal(await isTaken(jobId, restored), false);
      assert.deepEqual((await lookAtJobs(restored, null)).sequencesBehind, ['pga_jobsteplog']);
    } finally {
      await restored.end();
      await agent.stop();
    }
  });
});
