import type { Client } from '../postgres/connect.ts';

/** What the record calls the pgAgent of a dump begins so, as no server's address does. */
const OF_A_DUMP = "source ~ '^dump-[0-9a-f]{12}/'";

/** A job whose chains were written from a dump. */
export interface DumpedJob {
  /** What the record calls the pgAgent of the dump. */
  readonly source: string;
  readonly jobId: number;
  /** Its jobcreated, UTC as PostgreSQL writes it. */
  readonly jobCreated: string | null;
}

/** Jobs that were written from dumps: the newest of each, which a pgAgent that is still there has most likely kept. */
export async function findDumpedJobs(client: Client, mostOfEach = 100): Promise<readonly DumpedJob[]> {
  const { rows } = await client.query<DumpedJob>(
    `SELECT source, job_id AS "jobId", (job_created AT TIME ZONE 'UTC')::text AS "jobCreated"
       FROM (SELECT *, row_number() OVER (PARTITION BY source ORDER BY job_id DESC) AS place
               FROM pga2timetable.job
              WHERE ${OF_A_DUMP}) AS dumped
      WHERE place <= $1
      ORDER BY source, job_id`,
    [mostOfEach],
  );
  return rows;
}

/**
 * Makes the records of a dump those of its source, in the transaction under way.
 * @param session what the record calls that source, and the same with its dumps
 * @param jobIds the jobs that this run writes
 */
export async function adoptRecords(
  client: Client,
  { sourceKey, sourceKeys }: { readonly sourceKey: string; readonly sourceKeys: readonly string[] },
  jobIds: readonly number[],
): Promise<void> {
  if (sourceKeys.length <= 1) return;
  await client.query(
    `UPDATE pga2timetable.job j
        SET source = $1
      WHERE source = ANY ($2::text[]) AND source <> $1 AND job_id = ANY ($3::int[])
        AND NOT EXISTS (SELECT FROM pga2timetable.job own WHERE own.source = $1 AND own.job_id = j.job_id)`,
    [sourceKey, sourceKeys, jobIds],
  );
}
