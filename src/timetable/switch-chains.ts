import { Failure } from '../model/failure.ts';
import type { RecordedStop } from '../model/record.ts';
import type { Client } from '../postgres/connect.ts';

/** A job that was disabled: its jobnextrun before and its jobchanged since, UTC as PostgreSQL writes them. */
export interface DisabledJob {
  readonly jobId: number;
  readonly nextRun: string | null;
  readonly changed: string;
}

/**
 * Notes that jobs are being disabled in pgAgent, by the jobchanged that this gives them.
 * @param transactionId of the source, that disables them
 */
export async function noteDisabled(
  client: Client,
  source: string,
  jobs: readonly DisabledJob[],
  transactionId: string,
): Promise<void> {
  await client.query(
    `UPDATE pga2timetable.job j
        SET disabled_at = d.changed AT TIME ZONE 'UTC', disabled_by = $2, was_enabled = true,
            was_next_run = d.next_run AT TIME ZONE 'UTC'
       FROM unnest($3::int[], $4::timestamp[], $5::timestamp[]) AS d (job_id, next_run, changed)
      WHERE j.source = $1 AND j.job_id = d.job_id`,
    [
      source,
      transactionId,
      jobs.map(({ jobId }) => jobId),
      jobs.map(({ nextRun }) => nextRun),
      jobs.map(({ changed }) => changed),
    ],
  );
}

/**
 * Hands over: the chains become what they are to be, and the records say so.
 * @throws Failure of code `refused` where one does not
 */
export async function goLive(client: Client, source: string, jobIds: readonly number[]): Promise<void> {
  await client.query(
    `UPDATE timetable.chain c
        SET live = (e.chain ->> 'live')::boolean
       FROM pga2timetable.job j
      CROSS JOIN LATERAL jsonb_array_elements(j.chains) AS e (chain)
      WHERE j.source = $1 AND j.job_id = ANY ($2::int[]) AND c.chain_id = (e.chain ->> 'id')::bigint
        AND c.live IS DISTINCT FROM (e.chain ->> 'live')::boolean`,
    [source, jobIds],
  );
  // A trigger of the owner's may have kept one as it was; and one that is gone runs nothing.
  const { rows } = await client.query<{ name: string }>(
    `SELECT e.chain ->> 'name' AS name
       FROM pga2timetable.job j
      CROSS JOIN LATERAL jsonb_array_elements(j.chains) AS e (chain)
       LEFT JOIN timetable.chain c ON c.chain_id = (e.chain ->> 'id')::bigint
      WHERE j.source = $1 AND j.job_id = ANY ($2::int[])
        AND c.live IS DISTINCT FROM (e.chain ->> 'live')::boolean
      ORDER BY 1 LIMIT 1`,
    [source, jobIds],
  );
  refuseKept(rows, 'go live, or it is gone');
  await client.query(
    `UPDATE pga2timetable.job SET phase = 'cut-over' WHERE source = $1 AND job_id = ANY ($2::int[])`,
    [source, jobIds],
  );
}

// A trigger of the owner's, a rule or a policy has kept them as they were.
function refuseKept([kept]: readonly { readonly name: string }[], what: string): void {
  if (kept === undefined) return;
  throw new Failure(
    'refused',
    `The target does not let the chain "${kept.name}" ${what}.`,
    'Check for triggers, rules and row-level security on timetable.chain.',
  );
}

/** A job whose chains stop. */
export interface StoppedJob {
  readonly jobId: number;
  readonly stop: RecordedStop;
  /** Whether pgAgent is to run it again. */
  readonly isToEnable: boolean;
}

/** Begins an undo: the chains stop, and the records say so and since when. */
export async function beginTakingBack(
  client: Client,
  source: string,
  jobs: readonly StoppedJob[],
): Promise<void> {
  const jobIds = jobs.map(({ jobId }) => jobId);
  await client.query(
    `UPDATE timetable.chain c
        SET live = false
       FROM pga2timetable.job j
      CROSS JOIN LATERAL jsonb_array_elements(j.chains) AS e (chain)
      WHERE j.source = $1 AND j.job_id = ANY ($2::int[]) AND c.chain_id = (e.chain ->> 'id')::bigint AND c.live`,
    [source, jobIds],
  );
  await client.query(
    `UPDATE pga2timetable.job j
        SET phase = 'undoing', was_enabled = s.is_to_enable, stop = s.stop::jsonb
       FROM unnest($2::int[], $3::bool[], $4::text[]) AS s (job_id, is_to_enable, stop)
      WHERE j.source = $1 AND j.job_id = s.job_id`,
    [source, jobIds, jobs.map(({ isToEnable }) => isToEnable), jobs.map(({ stop }) => JSON.stringify(stop))],
  );
}

/** Notes, before jobs are enabled again, the last minute that pgAgent does not run of them: milliseconds since 1970 UTC. */
export async function noteMissed(
  client: Client,
  source: string,
  jobIds: readonly number[],
  upTo: number,
): Promise<void> {
  await client.query(
    `UPDATE pga2timetable.job SET stop = stop || jsonb_build_object('missedUpTo', $3::int8)
      WHERE source = $1 AND job_id = ANY ($2::int[])`,
    [source, jobIds, upTo],
  );
}

/**
 * Takes out the chains of jobs and what was kept of them.
 * @throws Failure of code `refused` where the target keeps one
 */
export async function takeOut(client: Client, source: string, jobIds: readonly number[]): Promise<void> {
  await client.query(
    `DELETE FROM timetable.chain c
      USING pga2timetable.job j
      CROSS JOIN LATERAL jsonb_array_elements(j.chains) AS e (chain)
      WHERE j.source = $1 AND j.job_id = ANY ($2::int[]) AND c.chain_id = (e.chain ->> 'id')::bigint`,
    [source, jobIds],
  );
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.chain_name AS name
       FROM pga2timetable.job j
      CROSS JOIN LATERAL jsonb_array_elements(j.chains) AS e (chain)
       JOIN timetable.chain c ON c.chain_id = (e.chain ->> 'id')::bigint
      WHERE j.source = $1 AND j.job_id = ANY ($2::int[])
      ORDER BY 1 LIMIT 1`,
    [source, jobIds],
  );
  refuseKept(rows, 'be deleted');
  await client.query('DELETE FROM pga2timetable.job WHERE source = $1 AND job_id = ANY ($2::int[])', [
    source,
    jobIds,
  ]);
}
