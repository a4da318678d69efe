import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ChainPlan, type JobPlan, planSchema } from '../../src/model/plan.ts';
import { pga2timetable } from '../cli/run.ts';
import { type ChainEnd, type EngineClient, findEngine } from '../engine/engine.ts';
import { createStandInPgAgent, insertJob, type JobRow, type ScheduleRow } from '../pgagent/insert-job.ts';
import { type Server, startServer } from '../servers/postgres.ts';

// What a cron line cannot say, run by pg_timetable: which steps ran, and what the logs and the chains show afterwards.

const engine = findEngine();
const DAY = 86_400_000;
/** Blanks and quotes are fit for a client's name. */
const CLIENT = 'w "1" of O\'Brien';

/** A date on the server's calendar, so many days from now. */
const day = (days: number): string => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
/** Today, and tomorrow in case the test runs over midnight. */
const TODAY = [{ date: day(0) }, { date: day(1) }];
const HOURLY: ScheduleRow = { minutes: [0] };
const EVERY_MINUTE: ScheduleRow = {};

interface Logged {
  readonly task: string;
  readonly code: number;
}

describe(`pg_timetable ${engine.name}`, () => {
  let server: Server;
  let client: EngineClient;
  let jobs: readonly JobPlan[];

  const write = (what: string): string => `INSERT INTO seen (what) VALUES ('${what}')`;
  const writes = (name: string, ...schedules: readonly ScheduleRow[]): JobRow => ({
    name,
    schedules,
    steps: [{ name: 'step', code: write(name) }],
  });
  const slow = (name: string, ...schedules: readonly ScheduleRow[]): JobRow => ({
    ...writes(name, ...schedules),
    steps: [{ name: 'step', code: `${write(name)}; SELECT pg_sleep(2)` }],
  });

  before(async () => {
    server = await startServer('embedded');
    await server.createDatabase('app');
    await createStandInPgAgent(server, 'app');
    await engine.init(server, 'app');
    await server.run(
      'app',
      'CREATE TABLE seen (n int GENERATED ALWAYS AS IDENTITY, what text, at timestamptz DEFAULT clock_timestamp())',
    );
    const rows: readonly JobRow[] = [
      writes('not today', { ...HOURLY, exceptions: TODAY }),
      writes('another day', { ...HOURLY, exceptions: [{ date: day(300) }] }),
      writes('starts later', { ...EVERY_MINUTE, start: `${day(30)} 00:00:00+00` }),
      writes('not next week', { ...EVERY_MINUTE, exceptions: [{ date: day(7) }] }),
      writes('not this very day', { ...EVERY_MINUTE, exceptions: TODAY }),
      writes('ends', { ...HOURLY, end: `${day(30)} 12:00:00+00` }),
      writes('ends, and starts its steps', {
        ...EVERY_MINUTE,
        end: `${day(30)} 12:00:00+00`,
        exceptions: [{ date: day(7) }],
      }),
      slow('twice', { minutes: [0] }, { minutes: [30] }),
      slow('twice too', { minutes: [0] }, { minutes: [30] }),
      slow('slow', { ...EVERY_MINUTE, exceptions: [{ date: day(7) }] }),
      { ...writes("by 'hand'"), schedules: [], steps: [{ name: 'step', code: write('by hand') }] },
    ];
    for (const job of rows) await insertJob(server, 'app', job);
    const { code, stdout, stderr } = await pga2timetable([
      ...['-s', server.conninfo('app'), '--client-name', `=${CLIENT}`, '--on-demand', '--format', 'json'],
      ...['--step-conninfo', `host=${server.socketDirectory} port=${server.port} user=postgres`],
    ]);
    assert.equal(code, 0, stderr);
    jobs = planSchema.parse(JSON.parse(stdout)).jobs;
    client = await engine.connect(server, 'app', CLIENT);
  });
  after(async () => {
    await client?.stop();
    server?.stop();
  });

  const jobOf = (name: string): JobPlan =>
    jobs.find(({ jobName }) => jobName === name) ?? assert.fail(`no job ${name}`);
  const idOf = ({ chainId }: ChainPlan): string => String(chainId);
  /** The chains of a job, those that are only started by others left out. */
  const scheduled = (name: string): readonly ChainPlan[] =>
    jobOf(name).chains.filter(({ chainName }) => !chainName.endsWith('[steps]'));
  const chainOf = (name: string): ChainPlan => scheduled(name)[0] ?? assert.fail(`no chain of ${name}`);
  const stepsOf = (name: string): ChainPlan =>
    jobOf(name).chains.find(({ chainName }) => chainName.endsWith('[steps]')) ??
    assert.fail(`${name} has no chain with its steps`);
  const run = (name: string): Promise<ChainEnd> => client.run(idOf(chainOf(name)));

  const seen = async (name: string): Promise<number> => {
    const { rows } = await server.run('app', `SELECT count(*)::int AS n FROM seen WHERE what = '${name}'`);
    return rows[0].n;
  };
  const isLive = async (chain: ChainPlan): Promise<boolean> =>
    (await server.run('app', `SELECT live FROM timetable.chain WHERE chain_id = ${idOf(chain)}`)).rows[0]
      .live;
  const logOf = async (chain: ChainPlan): Promise<readonly Logged[]> => {
    const { rows } = await server.run(
      'app',
      `SELECT task_name AS task, returncode AS code FROM timetable.execution_log l JOIN timetable.task USING (task_id)
        WHERE l.chain_id = ${idOf(chain)} ORDER BY l.last_run, task_order`,
    );
    return rows;
  };
  /** The errors of a chain in timetable.log, which the real program writes a little later, before 7 with the bare id. */
  const errorsOf = async (chain: ChainPlan): Promise<readonly string[]> => {
    const { rows } = await server.run(
      'app',
      `SELECT DISTINCT message_data ->> 'error' AS error FROM timetable.log
        WHERE log_level = 'ERROR' AND message_data ? 'error' AND coalesce(message_data -> 'chain' ->> 'ChainID', message_data ->> 'chain') = '${idOf(chain)}'`,
    );
    return rows.map(({ error }) => error);
  };
  const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
    for (const end = Date.now() + 8_000; !(await holds()); await sleep(50))
      assert.ok(Date.now() < end, `waited in vain: ${what}`);
  };
  /** Runs a chain that only starts another one, and waits for that one's end. */
  const runSteps = async (name: string): Promise<number> => {
    const before = await logOf(stepsOf(name));
    const start = Date.now();
    assert.equal(await run(name), 'succeeded');
    await until(`the steps of ${name}`, async () => (await logOf(stepsOf(name))).length > before.length + 1);
    return Date.now() - start;
  };
  /** Lets a chain's guard run at another time. */
  const moveClock = (name: string, time: string): Promise<unknown> =>
    server.run(
      'app',
      `UPDATE timetable.task SET command = regexp_replace(command, 'now\\(\\)|timestamptz ''[^'']+''', 'timestamptz ''${time}''', 'g')
        WHERE task_name = 'guard' AND chain_id = ${idOf(chainOf(name))}`,
    );
  const failsWith = (message: string, chain: ChainPlan): Promise<void> =>
    until(message, async () => (await errorsOf(chain)).some((error) => error.includes(message)));

  test('every chain has a line of its own, or waits to be started', async () => {
    assert.equal(jobs.length, 11);
    assert.ok(jobs.every(({ moved }) => moved === 'whole'));
    const { rows } = await server.run('app', 'SELECT live, max_instances FROM timetable.chain');
    assert.ok(rows.every(({ live, max_instances }) => live && max_instances === 1));
  });

  test('on the day of an exception the steps do not run, and the run counts as failed', async () => {
    assert.equal(await run('not today'), 'failed');
    assert.equal(await seen('not today'), 0);
    assert.deepEqual(await logOf(chainOf('not today')), [{ task: 'guard', code: -1 }]);
    await failsWith('not run: an exception of the schedule', chainOf('not today'));
    assert.equal(await isLive(chainOf('not today')), true);
  });

  test('on any other day they do', async () => {
    assert.equal(await run('another day'), 'succeeded');
    assert.equal(await seen('another day'), 1);
    assert.deepEqual(await logOf(chainOf('another day')), [
      { task: 'guard', code: 0 },
      { task: 'release snapshot', code: 0 },
      { task: 'step', code: 0 },
    ]);
  });

  test('before the start of a schedule the steps are not started, and nothing fails', async () => {
    assert.equal(await run('starts later'), 'succeeded');
    assert.deepEqual(await logOf(chainOf('starts later')), [{ task: 'guard', code: 0 }]);
    assert.deepEqual(await logOf(stepsOf('starts later')), []);
    await moveClock('starts later', `${day(30)} 00:00:00+00`);
    await runSteps('starts later');
    assert.equal(await seen('starts later'), 1);
  });

  test('a chain that only starts another one runs the steps within a moment, each time once', async (t) => {
    const took = await runSteps('not next week');
    assert.equal(await seen('not next week'), 1);
    assert.deepEqual(await logOf(stepsOf('not next week')), [
      { task: 'release snapshot', code: 0 },
      { task: 'step', code: 0 },
    ]);
    await runSteps('not next week');
    assert.equal(await seen('not next week'), 2);
    t.diagnostic(`the steps had run ${took} ms after their starter was told to`);
    assert.equal(await run('not this very day'), 'succeeded');
    assert.deepEqual(await errorsOf(chainOf('not this very day')), []);
  });

  test('behind the end of its schedule a chain does not run, and takes itself out of service', async () => {
    const name = 'ends';
    await moveClock(name, `${day(30)} 12:00:59+00`);
    assert.equal(await run(name), 'succeeded', 'the last minute');
    assert.equal(await isLive(chainOf(name)), true);
    await moveClock(name, `${day(30)} 12:01:00+00`);
    assert.equal(await run(name), 'failed');
    assert.equal(await isLive(chainOf(name)), false, 'although the run failed');
    await failsWith(`not run: only before ${day(30)} 12:01:00+00`, chainOf(name));
    assert.equal(await seen(name), 1);
  });

  test('so does a chain that only starts another one, without a failure', async () => {
    const name = 'ends, and starts its steps';
    await moveClock(name, `${day(30)} 12:00:59+00`);
    await runSteps(name);
    assert.equal(await isLive(chainOf(name)), true);
    await moveClock(name, `${day(30)} 12:01:00+00`);
    assert.equal(await run(name), 'succeeded');
    assert.equal(await isLive(chainOf(name)), false);
    assert.equal(await isLive(stepsOf(name)), true);
    assert.equal(await seen(name), 1);
    assert.deepEqual(await errorsOf(chainOf(name)), []);
  });

  test('two chains of a job never run at once, chains of two jobs do', async () => {
    const [first, second] = scheduled('twice').map(idOf);
    const [other] = scheduled('twice too').map(idOf);
    assert.ok(first && second && other);
    const earlier = client.run(first);
    await until(
      'the first chain works',
      async () => (await seen('twice')) === 1 || (await logOf(chainOf('twice'))).length > 0,
    );
    const ends = await Promise.all([client.run(second), client.run(other), earlier]);
    assert.deepEqual(ends, ['failed', 'succeeded', 'succeeded']);
    assert.equal(await seen('twice'), 1);
    const stopped = scheduled('twice')[1];
    assert.ok(stopped);
    assert.deepEqual(await logOf(stopped), [{ task: 'one run at a time', code: -1 }]);
    await failsWith('not run: another chain of the job is still running', stopped);
    assert.equal(await client.run(second), 'succeeded', 'once the first one has ended');
    assert.equal(await seen('twice'), 2);
  });

  test('while its steps still run, a chain is not started again', async () => {
    assert.equal(await run('slow'), 'succeeded');
    const running = async (): Promise<boolean> =>
      (
        await server.run(
          'app',
          `SELECT FROM timetable.active_chain WHERE chain_id = ${idOf(stepsOf('slow'))}`,
        )
      ).rowCount === 1;
    await until('the steps run', running);
    assert.equal(await run('slow'), 'succeeded');
    await until('the steps have ended', async () => !(await running()));
    await sleep(300);
    assert.equal(await running(), false);
    assert.equal(await seen('slow'), 1);
  });

  test('a job without a schedule is started by the call that is printed', async () => {
    const { advisories, chains } = jobOf("by 'hand'");
    const [, call] =
      /(SELECT .+;)/s.exec(advisories.find(({ code }) => code === 'on-demand')?.message ?? '') ?? [];
    assert.ok(call, JSON.stringify(advisories));
    const [chain] = chains;
    assert.ok(chain);
    assert.equal((await server.run('app', call)).rowCount, 1);
    await until('it has run', async () => (await logOf(chain)).length === 2);
    assert.equal(await seen('by hand'), 1);
  });
});
