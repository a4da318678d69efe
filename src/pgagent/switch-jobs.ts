import { Failure } from '../model/failure.ts';
import type { Client } from '../postgres/connect.ts';

/** For a transaction that locks jobs: the server ends it where this tool hangs, so that no agent waits for long. */
export const HOLD_BRIEFLY = "SET LOCAL idle_in_transaction_session_timeout = '1min'";

/**
 * Locks the rows of jobs, so that no agent takes one and nobody changes one before this transaction ends.
 * pgAgent (job.cpp, Job::Job) waits for it in its UPDATE.
 */
export async function lockJobs(client: Client, jobIds: readonly number[]): Promise<void> {
  await client.query(HOLD_BRIEFLY);
  await client.query('SELECT FROM pgagent.pga_job WHERE jobid = ANY ($1::int[]) ORDER BY jobid FOR UPDATE', [
    jobIds,
  ]);
}

/**
 * The same without waiting for anybody, so that nobody waits for two; their steps are locked too. Whoever changes a
 * schedule or an exception waits by pgAgent's own triggers, which write to the job; a step has none.
 * @throws what PostgreSQL says (55P03) where somebody is at one of them
 */
export async function lockJobsAtOnce(client: Client, jobIds: readonly number[]): Promise<void> {
  await client.query(
    'SELECT FROM pgagent.pga_job WHERE jobid = ANY ($1::int[]) ORDER BY jobid FOR UPDATE NOWAIT',
    [jobIds],
  );
  const { rows } = await client.query<{ may: boolean }>(
    `SELECT has_any_column_privilege('pgagent.pga_jobstep', 'UPDATE') AS may`,
  );
  if (rows[0]?.may)
    await client.query('SELECT FROM pgagent.pga_jobstep WHERE jstjobid = ANY ($1::int[]) FOR SHARE NOWAIT', [
      jobIds,
    ]);
}

/** What disabling jobs did. Times are UTC as PostgreSQL writes them, to the microsecond. */
export interface Disabling {
  readonly at: string;
  /** The transaction that did it. */
  readonly transactionId: string;
  /** The jobchanged of each job that is disabled now: a trigger of the owner's may have set another, or kept a job enabled. */
  readonly changed: ReadonlyMap<number, string>;
}

/** Disables jobs; pgAgent's trigger takes their jobnextrun away. */
export async function disableJobs(client: Client, jobIds: readonly number[]): Promise<Disabling> {
  const { rows } = await client.query<{ at: string; transactionId: string }>(
    `SELECT (clock_timestamp() AT TIME ZONE 'UTC')::text AS at,
            pg_catalog.txid_current()::text AS "transactionId"`,
  );
  const { at = '', transactionId = '' } = rows[0] ?? {};
  await client.query(
    `UPDATE pgagent.pga_job
        SET jobenabled = false, jobchanged = $2::timestamp AT TIME ZONE 'UTC'
      WHERE jobid = ANY ($1::int[]) AND jobenabled`,
    [jobIds, at],
  );
  // Read again: a trigger after the UPDATE may have undone it.
  const now = await client.query<{ jobId: number; changed: string | null }>(
    `SELECT jobid AS "jobId", (jobchanged AT TIME ZONE 'UTC')::text AS changed
       FROM pgagent.pga_job
      WHERE jobid = ANY ($1::int[]) AND NOT jobenabled`,
    [jobIds],
  );
  return {
    at,
    transactionId,
    changed: new Map(now.rows.map(({ jobId, changed }) => [jobId, changed ?? at])),
  };
}

/** What became of transactions of this server, by their ids: null where it has forgotten them. */
export async function outcomesOf(
  client: Client,
  transactionIds: readonly string[],
): Promise<ReadonlyMap<string, 'committed' | 'aborted' | null>> {
  const { rows } = await client.query<{ id: string; status: string | null }>(
    `SELECT id, CASE WHEN id::bigint < pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot())
                     THEN pg_catalog.txid_status(id::bigint) END AS status
       FROM unnest($1::text[]) AS id`,
    [[...new Set(transactionIds)]],
  );
  return new Map(
    rows.map(({ id, status }) => [id, status === 'committed' || status === 'aborted' ? status : null]),
  );
}

/** A job that is to run again under pgAgent, and when next: milliseconds since 1970 UTC, null for never. */
export interface EnabledJob {
  readonly jobId: number;
  readonly nextRun: number | null;
}

/**
 * Enables jobs that are disabled, with the given next run: pgAgent's trigger would compute one, and raises an error for
 * a schedule on the 31st.
 * @throws Failure of code `refused` where one stays disabled
 */
export async function enableJobs(client: Client, jobs: readonly EnabledJob[]): Promise<void> {
  await client.query(
    `UPDATE pgagent.pga_job j
        SET jobenabled = true, jobchanged = clock_timestamp(),
            jobnextrun = coalesce(to_timestamp(e.next_run / 1000), 'infinity')
       FROM unnest($1::int[], $2::float8[]) AS e (job_id, next_run)
      WHERE j.jobid = e.job_id AND NOT j.jobenabled`,
    [jobs.map(({ jobId }) => jobId), jobs.map(({ nextRun }) => nextRun)],
  );
  const { rows } = await client.query<{ id: number }>(
    'SELECT jobid AS id FROM pgagent.pga_job WHERE jobid = ANY ($1::int[]) AND NOT jobenabled ORDER BY jobid LIMIT 1',
    [jobs.map(({ jobId }) => jobId)],
  );
  const [kept] = rows;
  if (kept !== undefined)
    throw new Failure(
      'refused',
      `The source does not let job ${kept.id} be enabled: it stays disabled.`,
      'Check for triggers, rules and row-level security on pgagent.pga_job.',
    );
}
