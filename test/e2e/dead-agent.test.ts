import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { hostname } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { planSchema } from '../../src/model/plan.ts';
import { pga2timetable, type Result } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { StandInClient } from '../engine/stand-in.ts';
import { insertJob } from '../pgagent/insert-job.ts';
import { agentProgram, createPgAgent, until } from '../pgagent/real.ts';
import { type Server, startServer } from '../servers/postgres.ts';

let server: Server;
before(async () => {
  server = await startServer('debian-15');
});
after(() => server.stop());

let databases = 0;
/** A database with both schemas, and a daemon that looks for jobs each second. */
async function place(): Promise<{ readonly name: string; readonly daemon: ChildProcess }> {
  const name = `dead_${++databases}`;
  await server.createDatabase(name);
  await createPgAgent(server, name);
  await createTimetable(server, name);
  await server.run(name, 'CREATE TABLE ran (at timestamptz DEFAULT clock_timestamp())');
  const conninfo = server.conninfo(name).replaceAll("'", '');
  const daemon = spawn(agentProgram() ?? '', ['-f', '-t', '1', conninfo], { stdio: 'ignore' });
  process.once('exit', () => daemon.kill('SIGKILL'));
  await until(async () => (await value(name, 'SELECT count(*)::int FROM pgagent.pga_jobagent')) === 1);
  return { name, daemon };
}

async function value<T>(database: string, sql: string): Promise<T> {
  const { rows } = await server.run(database, sql);
  return Object.values(rows[0] ?? {})[0] as T;
}

const migrate = (database: string, ...args: readonly string[]): Promise<Result> =>
  pga2timetable(['-s', server.uri(database), '--disable-source', '--client-name', '=w1', ...args]);

/** A job that runs now, and once a year. */
async function runNow(database: string, code: string): Promise<number> {
  const jobId = await insertJob(server, database, {
    name: 'job',
    schedules: [{ minutes: [0], hours: [0], monthDays: [1], months: [1] }],
    steps: [{ name: '1', code }],
  });
  await server.run(
    database,
    `UPDATE pgagent.pga_job SET jobnextrun = now() - interval '1 second' WHERE jobid = ${jobId}`,
  );
  return jobId;
}

// Each waits for the clock, and for little else.
describe('an agent of the real pgAgent', { concurrency: true }, () => {
  test('that is killed in a step: its session goes on, is waited for, and --run-overdue does not run the job again', async () => {
    const { name, daemon } = await place();
    const client = await StandInClient.connect(server, name, 'w1');
    try {
      const jobId = await runNow(name, 'SELECT pg_sleep(20); INSERT INTO ran DEFAULT VALUES');
      const step = `SELECT count(*)::int FROM pgagent.pga_jobsteplog WHERE jslstatus = 'r'`;
      await until(async () => (await value(name, step)) === 1);
      const agent = await value<number>(name, 'SELECT jobagentid FROM pgagent.pga_job');
      daemon.kill('SIGKILL');
      await until(
        async () =>
          (await value(name, `SELECT count(*)::int FROM pg_stat_activity WHERE pid = ${agent}`)) === 0,
      );
      const early = await migrate(name, '--run-overdue', '--wait', '1');
      assert.equal(early.code, 3, early.stdout);
      assert.match(early.stderr, /The agent of job 1 "job" is gone, and process \d+ still runs its step 1/);
      const done = await migrate(name, '--run-overdue', '--wait', '2min', '--format', 'json');
      assert.equal(done.code, 0, done.stderr);
      assert.equal(await value(name, 'SELECT count(*)::int FROM ran'), 1, 'it has committed');
      const { overdue, stuck } = planSchema.parse(JSON.parse(done.stdout)).cutover ?? {};
      assert.deepEqual(
        overdue?.map(({ isStarted, mayHaveRun, ...one }) => [one.jobId, isStarted, mayHaveRun]),
        [[jobId, false, true]],
      );
      assert.match(
        stuck?.[0]?.why ?? '',
        new RegExp(
          `process ${agent}\\) is not connected any more; step 1 was cut off and may have completed$`,
        ),
      );
      await sleep(1000);
      assert.equal(await value(name, 'SELECT count(*)::int FROM timetable.execution_log'), 0);
      assert.equal(await value(name, 'SELECT count(*)::int FROM ran'), 1);
    } finally {
      await client.stop();
      daemon.kill('SIGKILL');
    }
  });

  test('that is stopped holds up a due job: what is seen is said, and the cutover succeeds once it goes on', async () => {
    const { name, daemon } = await place();
    const client = await StandInClient.connect(server, name, 'w1');
    try {
      daemon.kill('SIGSTOP');
      const stopped = Date.now();
      const jobId = await runNow(name, 'INSERT INTO ran DEFAULT VALUES');
      // An agent may look for jobs once a minute: so soon nobody knows that this one does not.
      const early = await migrate(name, '--wait', '1');
      assert.equal(early.code, 3, early.stdout);
      assert.match(
        early.stderr,
        /: pgAgent has not started job 1 "job", due since \S+, after waiting for 1 s\.\n/,
      );
      assert.doesNotMatch(early.stderr, /still runs/);
      const late = await migrate(name, '--wait', '105');
      assert.equal(late.code, 3, late.stdout);
      const said = late.stderr.replaceAll(/\s+/g, ' ');
      const [, host = '', since = ''] =
        /pga2timetable: The agent on "(.*?)" hangs: it has asked for nothing since (\S+), and job 1 "job" waits for it, after waiting for 105 s\./.exec(
          said,
        ) ?? [];
      assert.equal(host, hostname(), late.stderr);
      // It had looked within the second before.
      assert.ok(Date.parse(since) <= stopped + 1000 && Date.parse(since) > stopped - 3000, since);
      const agent = await value<number>(name, 'SELECT jagpid FROM pgagent.pga_jobagent');
      assert.ok(
        said.endsWith(
          `On "${host}", let the process pgagent go on (kill -CONT), or end it. If that machine is gone, on the source: SELECT pg_terminate_backend(${agent}); Then run the same command again. `,
        ),
        said,
      );
      daemon.kill('SIGCONT');
      await until(async () => (await value(name, 'SELECT count(*)::int FROM ran')) === 1);
      const done = await migrate(name, '--wait', '2min', '--format', 'json');
      assert.equal(done.code, 0, done.stderr);
      assert.equal(planSchema.parse(JSON.parse(done.stdout)).jobs[0]?.jobId, jobId);
    } finally {
      await client.stop();
      daemon.kill('SIGKILL');
    }
  });
});
