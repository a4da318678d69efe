import { setTimeout as sleep } from 'node:timers/promises';
import type { Cutover } from '../../src/model/plan.ts';
import { pga2timetable, type Result } from '../cli/run.ts';
import type { Engine } from '../engine/engine.ts';
import { insertJob, type ScheduleRow } from '../pgagent/insert-job.ts';
import { createPgAgent, startAgent } from '../pgagent/real.ts';
import type { Server } from '../servers/postgres.ts';

export const MINUTE = 60_000;

/** What is tried: where the two live, when pg_timetable ticks, and whether there are minutes with nothing due. */
export interface Scenario {
  readonly databases: 'one' | 'two';
  /** The second of the minute at which pg_timetable is started, and so ticks. */
  readonly second: number;
  readonly due: 'each minute' | 'with a quiet minute';
  /** Whether disabling the jobs takes so long, at the first attempt, that the minute is over before the commit. */
  readonly isSlow?: boolean;
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
  await sleepUntil(times.first);
  await sleepUntil(times.first + scenario.second * 1000);
  const client = await engine.startTicking(server, target, 'live');
  try {
    await sleep(2_000);
    if (scenario.isSlow) {
      await server.run(name, SLOW);
      await sleepUntil(times.first + SLOW_START_SECOND * 1000);
    }
    const ends = [
      ...['--source', server.conninfo(name), '--target', server.conninfo(target)],
      ...['--wait', '5min', '--format', 'json', '--no-progress'],
    ];
    const steps = `host=${server.socketDirectory} port=${server.port} user=postgres`;
    const migrate = await pga2timetable([
      ...['--disable-source', '--client-name', '=live', '--step-conninfo', steps],
      ...ends,
    ]);
    if (scenario.isSlow) await server.run(name, 'DROP TRIGGER linger ON pgagent.pga_job');
    await sleepUntil(times.undo);
    const undo = await pga2timetable(['undo', ...ends]);
    await sleepUntil(times.end);
    return { runs: await runsIn(server, name), jobIds, migrate, undo };
  } finally {
    await client.stop();
    await agent.stop();
  }
}

async function prepare(
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
