import type { Client } from '../postgres/connect.ts';

/**
 * Locks jobs, so that no agent takes one and nobody changes one before this transaction ends: the rows of the jobs, and, as
 * far as this user may, the tables of their schedules and steps against writing. pgAgent (job.cpp, Job::Job) only reads these, and
 * waits for the rows in its UPDATE.
 */
export async function lockJobs(client: Client, jobIds: readonly number[]): Promise<void> {
  // Tables first: who edits a schedule holds its table and then wants the job.
  const { rows } = await client.query<{ tables: string | null }>(`
    SELECT string_agg(name, ', ') AS tables
      FROM unnest(ARRAY['pgagent.pga_schedule', 'pgagent.pga_exception', 'pgagent.pga_jobstep']) AS name
     WHERE pg_catalog.has_table_privilege(name, 'UPDATE')`);
  const tables = rows[0]?.tables ?? null;
  if (tables !== null) await client.query(`LOCK TABLE ${tables} IN SHARE MODE`);
  await client.query('SELECT FROM pgagent.pga_job WHERE jobid = ANY ($1::int[]) ORDER BY jobid FOR UPDATE', [
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
