import type { Client } from '../postgres/connect.ts';

/** How a job stands in pgAgent at this moment. Times are UTC as PostgreSQL writes them, to the microsecond. */
export interface JobRow {
  readonly jobId: number;
  readonly enabled: boolean;
  readonly nextRun: string | null;
  readonly changed: string | null;
  /** The agent's process id while it runs the job, or where an agent left it. */
  readonly agentId: number | null;
  /** Whether it would start as soon as an agent looks. */
  readonly isOverdue: boolean;
  /** Of all that decides what the job does and when: the job, its schedules, exceptions and steps. */
  readonly digest: string;
}

const ROWS = `
  SELECT j.jobid AS "jobId",
         j.jobenabled AS enabled,
         (j.jobnextrun AT TIME ZONE 'UTC')::text AS "nextRun",
         (j.jobchanged AT TIME ZONE 'UTC')::text AS changed,
         j.jobagentid AS "agentId",
         coalesce(j.jobenabled AND j.jobnextrun <= clock_timestamp(), false) AS "isOverdue",
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
             WHERE t.jstjobid = j.jobid)), 'UTF8')), 'hex') AS digest
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
