import type { History, LoggedRuns, Start } from '../model/history.ts';
import type { Client } from '../postgres/connect.ts';
import { HOST_KEY } from './job-rows.ts';

/** Rows of the log that are read at the most: they take half a second on a slow machine (measured). */
const MOST_ROWS = 500_000;
const SAMPLES = 2_000;

const millis = (time: string): string => `floor(extract(epoch FROM ${time})::float8 * 1000)`;

// An agent that has just started has yet to take what is overdue, so its first runs tell nothing.
const JOBS = `
  SELECT ${millis('now()')} AS at,
         pg_catalog.has_table_privilege('pgagent.pga_joblog', 'SELECT') AS "isLogReadable",
         EXISTS (SELECT FROM pgagent.pga_job WHERE coalesce(jobnextrun, joblastrun) IS NOT NULL) AS "isInUse",
         (SELECT coalesce(json_agg(json_build_object('jobId', jobid, 'host', ${HOST_KEY}, 'start', ${millis('joblastrun')})), '[]')
            FROM (SELECT *, row_number() OVER (PARTITION BY jobhostagent ORDER BY joblastrun DESC) AS place
                    FROM pgagent.pga_job
                   WHERE joblastrun < now() - interval '15 minutes' AND pg_catalog.isfinite(joblastrun)) AS run
           WHERE place <= 2) AS latest`;

// No index leads from a job to its newest runs, or from a time to its rows, but ids ascend with time: one look at the
// newest ids counts, and runs at even distances show when an agent was at work.
const LOG = `
  WITH ids AS (SELECT min(jlgid)::int8 AS first, max(jlgid)::int8 AS last FROM pgagent.pga_joblog),
       run AS (
         SELECT l.jlgjobid AS "jobId",
                count(*) FILTER (WHERE l.jlgstatus <> 'r')::int AS runs,
                count(*) FILTER (WHERE l.jlgstatus IN ('f', 'd'))::int AS failures,
                ${millis('min(l.jlgstart)')} AS "firstStart",
                ${millis('max(l.jlgstart)')} AS "lastStart",
                ${millis('max(l.jlgstart + l.jlgduration)')} AS "lastEnd",
                ${millis("max(l.jlgstart) FILTER (WHERE l.jlgstatus = 's')")} AS "lastSuccess"
           FROM pgagent.pga_joblog l
          WHERE l.jlgid > (SELECT last - ${MOST_ROWS} FROM ids) AND l.jlgstart >= now() - $1::int * interval '1 day'
          GROUP BY 1),
       probe AS (
         SELECT last - n * greatest(1, least(last - first, ${MOST_ROWS}) / ${SAMPLES}) AS id
           FROM ids, generate_series(0, ${SAMPLES - 1}) AS n),
       sample AS (
         SELECT DISTINCT l.*
           FROM probe, LATERAL (
                  SELECT jlgid, jlgjobid, jlgstart, pg_catalog.age(xmin) AS age
                    FROM pgagent.pga_joblog
                   WHERE jlgid <= probe.id
                   ORDER BY jlgid DESC
                   LIMIT 1) l
          WHERE l.jlgstart >= now() - $1::int * interval '1 day')
  SELECT (SELECT coalesce(json_agg(run), '[]') FROM run) AS runs,
         (SELECT coalesce(json_agg(json_build_object('jobId', s.jlgjobid, 'host', ${HOST_KEY},
                                                     'start', ${millis('s.jlgstart')}, 'age', s.age) ORDER BY s.jlgstart), '[]')
            FROM sample s JOIN pgagent.pga_job j ON j.jobid = s.jlgjobid) AS sample`;

interface LogRow {
  readonly runs: readonly (LoggedRuns & { readonly jobId: number })[];
  readonly sample: History['sample'];
}

type JobsRow = Pick<History, 'at' | 'isLogReadable' | 'isInUse'> & { readonly latest: readonly Start[] };

/**
 * Reads what pgAgent ran, of all jobs together, in two statements.
 * @param days how far back the log is read
 */
export async function readHistory(client: Client, days: number): Promise<Omit<History, 'zone'>> {
  const [jobs] = (await client.query<JobsRow>(JOBS)).rows;
  if (jobs === undefined) throw new Error('a SELECT without FROM has a row');
  const [log] = jobs.isLogReadable ? (await client.query<LogRow>(LOG, [days])).rows : [];
  return {
    ...jobs,
    sample: log?.sample ?? [],
    logged: new Map(log?.runs.map(({ jobId, ...runs }) => [jobId, runs])),
  };
}
