import type pg from 'pg';
import type { Schedule } from '../../src/model/job.ts';
import type { Server } from '../servers/postgres.ts';

const MINUTE = 60_000;

export interface Period {
  readonly from: number;
  /** The last minute in it. */
  readonly to: number;
}

/** From an instant until another, which is no longer in it. */
export function period(first: string, end: string): Period {
  return { from: Date.parse(first), to: Date.parse(end) - MINUTE };
}

export function startOf(unit: number, instant: number): number {
  return Math.floor(instant / unit) * unit;
}

/** Without seconds, in UTC. */
export function shown(instant: number): string {
  return new Date(instant).toISOString().slice(0, 16).replace('T', ' ');
}

/** What a job with one schedule does under pgAgent between two instants. Instants are milliseconds since 1970 UTC. */
export interface Replayed {
  /** The minutes in which it starts, ascending. */
  readonly fired: readonly number[];
  /** Null where pgAgent finds each next run, or that there is none. */
  readonly stuck: Stuck | null;
}

/** `error`: pgAgent's function raised it. `endless`: it was still searching when it was cancelled. */
export type Stuck =
  | { readonly kind: 'error'; readonly at: number; readonly error: string }
  | { readonly kind: 'endless'; readonly at: number };

/** pgAgent looks for the next run when a run has ended, which even a job of no work does seconds after the minute. */
const SECONDS_TO_END = 3;

/** How long one search for the next run may take at least; as a rule it takes a fraction of a millisecond. */
const PATIENCE_MS = 3000;

const IDENTITY = `'pgagent.pga_next_schedule(int4,timestamptz,timestamptz,_bool,_bool,_bool,_bool,_bool)'::regprocedure`;

/** Makes the schema `replay` beside the real extension: pgAgent's installed function under a clock that can be set. */
export async function createReplay(server: Server, database: string): Promise<void> {
  const { rows } = await server.run(
    database,
    `SELECT pg_get_functiondef(${IDENTITY}) AS definition, pg_get_function_arguments(${IDENTITY}) AS arguments`,
  );
  await server.run(
    database,
    `CREATE SCHEMA replay; ${withClock(rows[0].definition, rows[0].arguments)}; ${STEP_THROUGH}`,
  );
}

function withClock(definition: string, args: string): string {
  const signature = `pgagent.pga_next_schedule(${args})`;
  const calls = definition.split('now()').length - 1;
  // Two comparisons and the start of the search; a comment holds one more.
  if (!definition.includes(signature) || calls < 3)
    throw new Error(`pgAgent’s function is not as known: ${definition.slice(0, 200)}`);
  return definition
    .replace(signature, () => `replay.next_schedule(${args}, clock timestamptz)`)
    .replaceAll('now()', 'clock');
}

// Ends early, with what it has, when the statement's time is over: `query_canceled` can be caught by its own name only.
const STEP_THROUGH = `
CREATE FUNCTION replay.step_through(
  schedule int, first timestamptz, last timestamptz, run interval,
  OUT fired int[], OUT computed_at timestamptz, OUT ending text, OUT error text)
LANGUAGE plpgsql AS $body$
DECLARE
  s pgagent.pga_schedule;
  upcoming timestamptz;
BEGIN
  SELECT * INTO STRICT s FROM pgagent.pga_schedule WHERE jscid = schedule;
  fired := '{}';
  computed_at := first;
  LOOP
    upcoming := replay.next_schedule(
      s.jscid, s.jscstart, s.jscend, s.jscminutes, s.jschours, s.jscweekdays, s.jscmonthdays, s.jscmonths, computed_at);
    IF upcoming IS NULL OR upcoming > last THEN
      ending := 'over';
      RETURN;
    END IF;
    fired := fired || (extract(epoch FROM upcoming) / 60)::int;
    computed_at := upcoming + run;
  END LOOP;
EXCEPTION
  WHEN query_canceled THEN
    ending := 'cancelled';
  WHEN OTHERS THEN
    ending := 'error';
    error := SQLERRM;
END
$body$`;

interface Stretch {
  readonly fired: readonly number[];
  readonly at: Date;
  readonly ending: 'over' | 'cancelled' | 'error';
  readonly error: string | null;
}

/**
 * Steps a schedule through time, in the session's time zone: the next run is looked for a minute before the period, the
 * job starts in the minute found, lasts `runMinutes`, the next run is looked for when it has ended, and so on.
 */
export async function replay(
  client: pg.Client,
  one: Schedule,
  within: Period,
  runMinutes: number,
): Promise<Replayed> {
  const jobId = await insertDisabledJob(client);
  try {
    const scheduleId = await insertSchedule(client, jobId, one);
    await client.query(`SET statement_timeout = ${PATIENCE_MS}`);
    return await stepThrough(client, scheduleId, within, runMinutes);
  } finally {
    await client.query('RESET statement_timeout');
    await client.query('DELETE FROM pgagent.pga_job WHERE jobid = $1', [jobId]);
  }
}

async function stepThrough(
  client: pg.Client,
  scheduleId: number,
  { from, to }: Period,
  runMinutes: number,
): Promise<Replayed> {
  const fired: number[] = [];
  for (let clock = from - MINUTE; ; ) {
    const { rows } = await client.query<Stretch>(
      'SELECT fired, computed_at AS at, ending, error FROM replay.step_through($1, $2, $3, make_interval(secs => $4))',
      [scheduleId, new Date(clock), new Date(to), runMinutes * 60 + SECONDS_TO_END],
    );
    const [stretch] = rows;
    if (stretch === undefined) throw new Error('a function without a row');
    for (const minute of stretch.fired) fired.push(minute * MINUTE);
    const at = stretch.at.getTime();
    if (stretch.ending === 'over') return { fired, stuck: null };
    if (stretch.ending === 'error')
      return { fired, stuck: { kind: 'error', at, error: stretch.error ?? '' } };
    // Cancelled between runs it was only slow.
    if (stretch.fired.length === 0) return { fired, stuck: { kind: 'endless', at } };
    clock = at;
  }
}

// Disabled, so that no trigger looks for its next run, which may never end.
export async function insertDisabledJob(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO pgagent.pga_job (jobjclid, jobname, jobenabled)
     VALUES ((SELECT min(jclid) FROM pgagent.pga_jobclass), 'replayed', false) RETURNING jobid AS id`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('no job was inserted');
  return row.id;
}

export async function insertSchedule(client: pg.Client, jobId: number, one: Schedule): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO pgagent.pga_schedule
            (jscjobid, jscname, jscstart, jscend, jscminutes, jschours, jscweekdays, jscmonthdays, jscmonths)
     VALUES ($1, 'replayed', $2, $3, $4, $5, $6, $7, $8) RETURNING jscid AS id`,
    [
      jobId,
      instant(one.start),
      one.end === null ? null : instant(one.end),
      one.minutes,
      one.hours,
      one.weekdays,
      one.monthDays,
      one.months,
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('no schedule was inserted');
  for (const { date, time } of one.exceptions) {
    await client.query('INSERT INTO pgagent.pga_exception (jexscid, jexdate, jextime) VALUES ($1, $2, $3)', [
      row.id,
      date,
      time,
    ]);
  }
  return row.id;
}

function instant(at: number): string {
  if (Number.isFinite(at)) return new Date(at).toISOString();
  return at < 0 ? '-infinity' : 'infinity';
}
