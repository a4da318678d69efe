import type { Client } from '../postgres/connect.ts';

/**
 * Locks the rows of jobs, so that no agent takes one and nobody changes one before this transaction ends.
 * pgAgent (job.cpp, Job::Job) waits for it in its UPDATE.
 */
export async function lockJobs(client: Client, jobIds: readonly number[]): Promise<void> {
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

/**
 * Disables jobs; pgAgent's trigger takes their jobnextrun away.
 * @returns the jobchanged that they have now, UTC as PostgreSQL writes it
 */
export async function disableJobs(client: Client, jobIds: readonly number[]): Promise<string> {
  const { rows } = await client.query<{ at: string }>(
    `SELECT (clock_timestamp() AT TIME ZONE 'UTC')::text AS at`,
  );
  const at = rows[0]?.at ?? '';
  await client.query(
    `UPDATE pgagent.pga_job
        SET jobenabled = false, jobchanged = $2::timestamp AT TIME ZONE 'UTC'
      WHERE jobid = ANY ($1::int[]) AND jobenabled`,
    [jobIds, at],
  );
  return at;
}

/** A job that is to run again under pgAgent, and when next: milliseconds since 1970 UTC, null for never. */
export interface EnabledJob {
  readonly jobId: number;
  readonly nextRun: number | null;
}

/**
 * Enables jobs that are disabled, with the given next run: pgAgent's trigger would compute one, and raises an error for
 * a schedule on the 31st.
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
}
