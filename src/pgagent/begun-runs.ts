import type { Client } from '../postgres/connect.ts';

/** A job that pgAgent should have run, and since when: milliseconds since 1970 UTC. */
export interface OverdueJob {
  readonly jobId: number;
  readonly dueSince: number;
}

/**
 * Of jobs that are overdue, those of which pgAgent has begun a step since and not ended the run: it was cut off, or could not be
 * let go, and may have completed. pgAgent leaves the log of such a run at 'r'; an agent that starts later sets it to 'd'.
 */
export async function begunSince(client: Client, jobs: readonly OverdueJob[]): Promise<ReadonlySet<number>> {
  if (jobs.length === 0) return new Set();
  const { rows } = await client.query<{ id: number }>(
    `SELECT DISTINCT l.jlgjobid AS id
       FROM unnest($1::int[], $2::float8[]) AS due (job_id, since)
       JOIN pgagent.pga_joblog l ON l.jlgjobid = due.job_id AND l.jlgstart >= to_timestamp(due.since / 1000)
       JOIN pgagent.pga_jobsteplog s ON s.jsljlgid = l.jlgid
      WHERE l.jlgstatus IN ('r', 'd')`,
    [jobs.map(({ jobId }) => jobId), jobs.map(({ dueSince }) => dueSince)],
  );
  return new Set(rows.map(({ id }) => id));
}
