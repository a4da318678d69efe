import { setTimeout as sleep } from 'node:timers/promises';
import type { Cutover } from '../../src/model/plan.ts';
import { pga2timetable, type Result } from '../cli/run.ts';
import type { Engine } from '../engine/engine.ts';
import { insertJob, type ScheduleRow } from '../pgagent/insert-job.ts';
import { createPgAgent, startAgent } from '../pgagent/real.ts';
import { HoldingProxy, isCommitAfterOneInTime, isCommitInTime } from '../servers/holding-proxy.ts';
import type { Server } from '../servers/postgres.ts';

export const MINUTE = 60_000;

/** What is tried: where the two live, when pg_timetable ticks, and whether there are minutes with nothing due. */
export interface Scenario {
  readonly databases: 'one' | 'two';
  /** The second of the minute at which pg_timetable is started, and so ticks. */
  readonly second: number;
  readonly due: 'each minute' | 'with a quiet minute';
  /**
   * - `slow to disable`: at the first attempt the minute is over before the commit
   * - `commit held`, `undo held`: the first commit is held up on its way until the next minute has begun
   * - `last commit held`: the one by which chains go live, of a handover in two transactions
   * - `commit slow inside`: the server itself takes until then
   * - `client stopped`: pg_timetable ends between the handover and the undo, before its tick
   * - `two clients`: a second client is connected, and first tried without saying which is meant
   */
  readonly disturbed?:
    | 'slow to disable'
    | 'commit held'
    | 'last commit held'
    | 'commit slow inside'
    | 'undo held'
    | 'client stopped'
    | 'two clients';
}

/** Milliseconds since 1970 UTC. */
export interface Times {
  /** The first whole minute that is watched: pgAgent runs in it. */
  readonly first: number;
  readonly undo: number;
  readonly end: number;
}

/** A run of a job, as its own step wrote it down. */
export interface JobRun {
  readonly job: string;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly by: 'pgAgent' | 'pg_timetable';
}

/** What happened, and what the tool said of it. */
export interface Story {
  /** Of a first try, in the scenario of two clients. */
  readonly refused?: Result;
  /** Until when a message was held, milliseconds since 1970 UTC; null where none was. */
  readonly heldUntil: number | null;
  readonly runs: readonly JobRun[];
  readonly jobIds: ReadonlyMap<string, number>;
  readonly migrate: Result;
  readonly undo: Result;
}

/** The minutes of the hour at which each job is due. */
export type DueMinutesOfHour = Readonly<Record<string, readonly number[]>>;

/** A job that is still at it for a third of each minute in which it is due. */
export const LONG = 'long';
const LONG_SECONDS = 20;

/** With these an attempt of the first minute ends in the second. */
const SLOW_SECONDS = 14;
const SLOW_START_SECOND = 46;
const SLOW = `
  CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF current_setting('application_name') = 'pga2timetable' THEN PERFORM pg_sleep(${SLOW_SECONDS}); END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER linger AFTER UPDATE ON pgagent.pga_job FOR EACH STATEMENT EXECUTE FUNCTION linger()`;

/** Milliseconds after a tick, or the beginning of a minute, at which a held commit goes on. */
const HELD_BEYOND = 1_200;

/** By the time at which a commit came: until when it is held, just after a second of the next minute. */
export const nextMinute =
  (second: number) =>
  (now: number): number =>
    Math.ceil(now / MINUTE) * MINUTE + second * 1000 + HELD_BEYOND;

/** The server takes its time to commit what the tool changed of jobs, until an instant. */
const slowInside = (until: number): string => `
  CREATE FUNCTION linger_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF current_setting('application_name') = 'pga2timetable' THEN PERFORM pg_sleep_until(to_timestamp(${until / 1000})); END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER linger_at_commit AFTER UPDATE ON pgagent.pga_job DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION linger_at_commit()`;

/** Jobs whose due minutes fall before the cutover, between it and the undo, and behind both. */
export function dueMinutesOf({ due }: Scenario, { first }: Times): DueMinutesOfHour {
  const from = new Date(first).getUTCMinutes();
  const at = (...after: readonly number[]): readonly number[] => after.map((n) => (from + n + 60) % 60);
  const all = Array.from({ length: 60 }, (_, minute) => minute);
  if (due === 'each minute')
    return {
      'each minute': all,
      'each second minute': all.filter((minute) => minute % 2 === from % 2),
      'now and then': at(0, 2, 3),
      // Not in the minute of the undo: a chain that is at it behind each tick would leave no moment.
      [LONG]: all.filter((minute) => minute !== (from + 2) % 60),
    };
  // Nothing is due in the minute behind the first.
  const others = all.filter((minute) => minute !== (from + 1) % 60);
  return {
    'each second minute': all.filter((minute) => minute % 2 === from % 2),
    'now and then': at(2, 3),
    'almost each minute': others,
    [LONG]: at(0, 3),
  };
}

/**
 * Lets the real pgAgent and a pg_timetable run on databases of their own, and moves the jobs over and back in the midst.
 * @param name of the databases
 */
export async function live(
  server: Server,
  engine: Engine,
  name: string,
  scenario: Scenario,
  times: Times,
): Promise<Story> {
  const target = scenario.databases === 'one' ? name : `${name}_target`;
  const jobIds = await prepare(server, engine, { source: name, target }, dueMinutesOf(scenario, times));
  const agent = await startAgent(server, name);
  const proxy = heldCommits(scenario);
  await sleepUntil(times.first + scenario.second * 1000);
  const client = await engine.startTicking(server, target, 'live');
  const other =
    scenario.disturbed === 'two clients' ? await engine.startTicking(server, target, 'other') : null;
  try {
    await sleep(2_000);
    if (scenario.disturbed === 'slow to disable') {
      await server.run(name, SLOW);
      await sleepUntil(times.first + SLOW_START_SECOND * 1000);
    }
    if (scenario.disturbed === 'commit slow inside')
      await server.run(name, slowInside(times.first + MINUTE + 3_000));
    const ends = await endsOf(server, { source: name, target }, proxy);
    const steps = `host=${server.socketDirectory} port=${server.port} user=postgres`;
    const cutover = ['--disable-source', '--step-conninfo', steps, ...ends];
    const refused = other === null ? {} : { refused: await pga2timetable(cutover) };
    const migrate = await pga2timetable([...cutover, '--client-name', '=live']);
    if (scenario.disturbed === 'slow to disable')
      await server.run(name, 'DROP TRIGGER linger ON pgagent.pga_job');
    if (scenario.disturbed === 'client stopped') {
      await sleepUntil(times.first + MINUTE + (scenario.second - 5) * 1000);
      await client.stop();
    }
    await sleepUntil(times.undo);
    const undo = await pga2timetable(['undo', ...ends]);
    await sleepUntil(times.end);
    return {
      ...refused,
      runs: await runsIn(server, name),
      jobIds,
      migrate,
      undo,
      heldUntil: proxy?.heldUntil ?? null,
    };
  } finally {
    if (scenario.disturbed !== 'client stopped') await client.stop();
    await other?.stop();
    await agent.stop();
    proxy?.close();
  }
}

function heldCommits({ disturbed }: Scenario): HoldingProxy | null {
  const until = nextMinute(0);
  if (disturbed === 'commit held') return new HoldingProxy(isCommitInTime, until);
  if (disturbed === 'last commit held') return new HoldingProxy(isCommitAfterOneInTime(), until);
  if (disturbed !== 'undo held') return null;
  // The first was that of the handover.
  let commits = 0;
  return new HoldingProxy((message) => isCommitInTime(message) && ++commits > 1, until);
}

/** The options that name both ends, by way of a proxy if there is one. */
export async function endsOf(
  server: Server,
  names: { readonly source: string; readonly target: string },
  proxy: HoldingProxy | null,
  wait = '5min',
): Promise<readonly string[]> {
  const port = await proxy?.to(server);
  const end = (name: string): string =>
    port === undefined
      ? server.conninfo(name)
      : `host=127.0.0.1 port=${port} user=postgres sslmode=disable dbname=${name}`;
  return [
    ...['--source', end(names.source), '--target', end(names.target)],
    ...['--wait', wait, '--format', 'json', '--no-progress'],
  ];
}

/** Makes both schemas and jobs that write down when they run. @returns their ids by name */
export async function prepare(
  server: Server,
  engine: Engine,
  { source, target }: { readonly source: string; readonly target: string },
  due: DueMinutesOfHour,
): Promise<ReadonlyMap<string, number>> {
  await server.createDatabase(source);
  if (target !== source) await server.createDatabase(target);
  await createPgAgent(server, source);
  await engine.init(server, target);
  await server.run(
    source,
    'CREATE TABLE ran (job text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp(), chain text)',
  );
  const jobIds = new Map<string, number>();
  for (const [job, minutes] of Object.entries(due)) {
    const schedule: ScheduleRow = { minutes };
    const write = `INSERT INTO ran (job, chain) VALUES ('${job}', current_setting('pg_timetable.current_chain_id', true))`;
    const steps = [
      { name: '1', code: write },
      ...(job === LONG ? [{ name: '2', code: `SELECT pg_sleep(${LONG_SECONDS})` }] : []),
    ];
    jobIds.set(job, await insertJob(server, source, { name: job, schedules: [schedule], steps }));
  }
  return jobIds;
}

async function runsIn(server: Server, database: string): Promise<readonly JobRun[]> {
  const { rows } = await server.run(
    database,
    `SELECT job, (extract(epoch FROM at) * 1000)::float8 AS at,
            CASE WHEN coalesce(chain, '') = '' THEN 'pgAgent' ELSE 'pg_timetable' END AS by
       FROM ran ORDER BY at`,
  );
  return rows;
}

export async function sleepUntil(instant: number): Promise<void> {
  for (let left = instant - Date.now(); left > 0; left = instant - Date.now()) await sleep(left);
}

/** What the tool said of the cutover. */
export function cutoverIn({ migrate }: Story): Cutover {
  return JSON.parse(migrate.stdout).cutover;
}

/**
 * The due minute that a run is of. pgAgent starts at a minute's beginning; pg_timetable at its second, by which the
 * minute is told where that is at its edge.
 */
export function minuteOf({ at, by }: JobRun, { second }: Pick<Scenario, 'second'>): number {
  if (by === 'pgAgent') return Math.floor(at / MINUTE) * MINUTE;
  return Math.round((at - second * 1000 - 15_000) / MINUTE) * MINUTE;
}
