import type { Taken } from '../model/history.ts';
import type { Client } from '../postgres/connect.ts';
import { rowVersion } from '../postgres/row-version.ts';
import { IS_AGENTS_SESSION } from './source.ts';

/** How a job stands in pgAgent at this moment. Times are UTC as PostgreSQL writes them, to the microsecond. */
export interface JobRow {
  readonly jobId: number;
  readonly enabled: boolean;
  readonly nextRun: string | null;
  readonly changed: string | null;
  /** jobcreated: tells a job from a later one of the same id. */
  readonly created: string | null;
  /** The agent's process id while it runs the job, or where an agent left it. */
  readonly agentId: number | null;
  /** What tells its host from others. */
  readonly host: string;
  readonly taken: Taken;
  readonly lastRun: string | null;
  /** How many transactions ago the row was written. */
  readonly age: number;
  /** Whether it would start as soon as an agent looks. */
  readonly isOverdue: boolean;
  /** Of all that decides what the job does and when: the job, its schedules, exceptions and steps. */
  readonly digest: string;
}

/** SQL for what tells the host of a job from others, without its text, which may be unreadable. */
export const HOST_KEY = 'hashtextextended(jobhostagent, 0)::text';

const STATES = `
         j.jobid AS "jobId",
         j.jobenabled AS enabled,
         (j.jobnextrun AT TIME ZONE 'UTC')::text AS "nextRun",
         (j.jobchanged AT TIME ZONE 'UTC')::text AS changed,
         (j.jobcreated AT TIME ZONE 'UTC')::text AS created,
         j.jobagentid AS "agentId",
         CASE WHEN j.jobagentid IS NULL THEN 'no'
              WHEN pg_catalog.pg_is_in_recovery() THEN 'by-agent'
              WHEN EXISTS (SELECT FROM pgagent.pga_jobagent a JOIN pg_catalog.pg_stat_activity s ON ${IS_AGENTS_SESSION}
                            WHERE a.jagpid = j.jobagentid) THEN 'by-agent'
              ELSE 'by-dead-agent' END AS taken,
         ${HOST_KEY} AS host,
         (j.joblastrun AT TIME ZONE 'UTC')::text AS "lastRun",
         pg_catalog.age(j.xmin) AS age,
         coalesce(j.jobenabled AND j.jobnextrun <= clock_timestamp(), false) AS "isOverdue"`;

const ROWS = `
  SELECT ${STATES},
         encode(sha256(convert_to(concat_ws(E'\\n', j.jobname, j.jobhostagent,
           (SELECT string_agg((s.jscid, s.jscname, s.jscenabled, extract(epoch FROM s.jscstart), extract(epoch FROM s.jscend),
                               s.jscminutes, s.jschours, s.jscweekdays, s.jscmonthdays, s.jscmonths)::text, E'\\n' ORDER BY s.jscid)
              FROM pgagent.pga_schedule s
             WHERE s.jscjobid = j.jobid),
           (SELECT string_agg((e.jexid, e.jexscid, to_jsonb(e.jexdate), to_jsonb(e.jextime))::text, E'\\n' ORDER BY e.jexid)
              FROM pgagent.pga_exception e
              JOIN pgagent.pga_schedule s ON s.jscid = e.jexscid
             WHERE s.jscjobid = j.jobid),
           (SELECT string_agg((t.jstid, t.jstname, t.jstenabled, t.jstkind, t.jstcode, t.jstconnstr, t.jstdbname, t.jstonerror)::text,
                              E'\\n' ORDER BY t.jstid)
              FROM pgagent.pga_jobstep t
             WHERE t.jstjobid = j.jobid)), getdatabaseencoding())), 'hex') AS digest
    FROM pgagent.pga_job j
   WHERE j.jobid = ANY ($1::int[])
   ORDER BY j.jobid`;

/** Jobs as they stand now, by id. */
export async function readJobRows(
  client: Client,
  jobIds: readonly number[],
): Promise<ReadonlyMap<number, JobRow>> {
  const { rows } = await client.query<JobRow>(ROWS, [jobIds]);
  return new Map(rows.map((row) => [row.jobId, row]));
}

/** Those of some jobs that pgAgent does not have. */
export async function findMissingJobs(client: Client, jobIds: readonly number[]): Promise<readonly number[]> {
  if (jobIds.length === 0) return [];
  const { rows } = await client.query<{ id: number }>(
    `SELECT id FROM unnest($1::int[]) AS id
      WHERE NOT EXISTS (SELECT FROM pgagent.pga_job WHERE jobid = id)
      ORDER BY id`,
    [jobIds],
  );
  return rows.map(({ id }) => id);
}

/**
 * Reads jobs so that reading them again, with their rows locked, takes a moment only: what they do is digested again
 * only where something of any of them has changed.
 * @returns reads them again
 */
export async function readJobRowsAhead(
  client: Client,
  jobIds: readonly number[],
): Promise<() => Promise<ReadonlyMap<number, JobRow>>> {
  // Before the digests: what changes while they are read counts as changed.
  const version = await readVersion(client, jobIds);
  const before = await readJobRows(client, jobIds);
  return async () => {
    if ((await readVersion(client, jobIds)) !== version) return readJobRows(client, jobIds);
    const { rows } = await client.query<Omit<JobRow, 'digest'>>(
      `SELECT ${STATES} FROM pgagent.pga_job j WHERE j.jobid = ANY ($1::int[]) ORDER BY j.jobid`,
      [jobIds],
    );
    return new Map(rows.map((row) => [row.jobId, { ...row, digest: before.get(row.jobId)?.digest ?? '' }]));
  };
}

const VERSIONS = [
  // Each run writes a job's own row, so that of it what counts is read.
  rowVersion('pgagent.pga_job WHERE jobid = ANY ($1::int[])', 'jobid, jobname, jobhostagent'),
  rowVersion('pgagent.pga_jobstep WHERE jstjobid = ANY ($1::int[])'),
  rowVersion('pgagent.pga_schedule WHERE jscjobid = ANY ($1::int[])'),
  rowVersion(
    'pgagent.pga_exception e JOIN pgagent.pga_schedule ON jscid = jexscid WHERE jscjobid = ANY ($1::int[])',
    'e.ctid, e.xmin',
  ),
];
const VERSION = `SELECT concat_ws(' ', ${VERSIONS.join(', ')}) AS version`;

async function readVersion(client: Client, jobIds: readonly number[]): Promise<string | undefined> {
  const { rows } = await client.query<{ version: string }>(VERSION, [jobIds]);
  return rows[0]?.version;
}
