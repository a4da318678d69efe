import { groupBy } from '../model/group-by.ts';
import type { Job, Schedule } from '../model/job.ts';
import type { Client } from '../postgres/connect.ts';
import { together } from '../postgres/together.ts';
import { toException, toJob, toSchedule, toStep } from './rows.ts';
import { asBytes, readBytes } from './unreadable-jobs.ts';

const JOBS_A_BATCH = 200;

/** SQL for the ids of a batch: $1 themselves, or the next after $1. $2 are the unreadable jobs. */
type Batch = 'ids' | 'next';
const IDS: Readonly<Record<Batch, string>> = {
  ids: '$1::int[]',
  next: `ARRAY (SELECT jobid FROM pgagent.pga_job WHERE jobid > $1::int ORDER BY jobid LIMIT ${JOBS_A_BATCH})`,
};
const isReadable = (column: string, batch: Batch): string =>
  `${column} = ANY (${IDS[batch]}) AND ${column} <> ALL ($2::int[])`;

const jobsOf = (batch: Batch): string => `
  SELECT j.jobid AS id, j.jobname AS name, j.jobdesc AS description, coalesce(c.jclname, '') AS "className",
         j.jobhostagent AS "hostAgent", j.jobenabled AS enabled
    FROM pgagent.pga_job j
    LEFT JOIN pgagent.pga_jobclass c ON c.jclid = j.jobjclid
   WHERE ${isReadable('j.jobid', batch)}
   ORDER BY j.jobid`;

const outlinesOf = (batch: Batch): string => `
  SELECT jobid AS id, ${asBytes('jobname')} AS name, ${asBytes('jobhostagent')} AS "hostAgent", jobenabled AS enabled
    FROM pgagent.pga_job
   WHERE jobid = ANY (${IDS[batch]}) AND jobid = ANY ($2::int[])`;

const schedulesOf = (batch: Batch): string => `
  SELECT jscid AS id, jscjobid AS "jobId", jscname AS name, jscdesc AS description, jscenabled AS enabled,
         extract(epoch FROM jscstart)::float8 * 1000 AS start, extract(epoch FROM jscend)::float8 * 1000 AS end,
         jscminutes::text, jschours::text, jscweekdays::text, jscmonthdays::text, jscmonths::text
    FROM pgagent.pga_schedule
   WHERE ${isReadable('jscjobid', batch)}
   ORDER BY jscid`;

const exceptionsOf = (batch: Batch): string => `
  SELECT e.jexid AS id, s.jscjobid AS "jobId", e.jexscid AS "scheduleId", e.jexdate::text AS date, e.jextime::text AS time
    FROM pgagent.pga_exception e
    JOIN pgagent.pga_schedule s ON s.jscid = e.jexscid
   WHERE ${isReadable('s.jscjobid', batch)}
   ORDER BY e.jexid`;

// pgAgent (job.cpp, Job::Execute) sorts the same way, in the database's collation, which JavaScript does not know.
const stepsOf = (batch: Batch): string => `
  SELECT jstid AS id, jstjobid AS "jobId", jstname AS name, jstdesc AS description, jstenabled AS enabled,
         jstkind::text, jstcode AS code, jstconnstr, jstdbname::text, jstonerror::text
    FROM pgagent.pga_jobstep
   WHERE ${isReadable('jstjobid', batch)}
   ORDER BY jstname, jstid`;

/**
 * Reads the jobs in the order of their ids, a batch at a time, inside the snapshot that `openSource` began.
 * @param jobIds null for every job
 * @param unreadable jobs with text that is not UTF-8, of which only the outline is read
 * @throws Failure of code `failed` at a row that no pgAgent could have meant
 */
export async function* readJobs(
  client: Client,
  jobIds: readonly number[] | null,
  unreadable: ReadonlySet<number> = new Set(),
): AsyncGenerator<Job> {
  if (jobIds !== null) {
    for (let at = 0; at < jobIds.length; at += JOBS_A_BATCH)
      yield* await readBatch(client, 'ids', jobIds.slice(at, at + JOBS_A_BATCH), unreadable);
    return;
  }
  for (let last: number | undefined = -(2 ** 31); last !== undefined; ) {
    const jobs: readonly Job[] = await readBatch(client, 'next', last, unreadable);
    yield* jobs;
    last = jobs.length < JOBS_A_BATCH ? undefined : jobs.at(-1)?.id;
  }
}

/** How many jobs that is. */
export async function countJobs(client: Client, jobIds: readonly number[] | null): Promise<number> {
  if (jobIds !== null) return jobIds.length;
  const { rows } = await client.query<{ jobs: number }>('SELECT count(*)::int AS jobs FROM pgagent.pga_job');
  return rows[0]?.jobs ?? 0;
}

interface ChildRow {
  readonly id: number;
  readonly jobId: number;
}

/** @returns ascending by their ids */
async function readBatch(
  client: Client,
  batch: Batch,
  of: readonly number[] | number,
  unreadable: ReadonlySet<number>,
): Promise<readonly Job[]> {
  const values = [of, [...unreadable]];
  const [jobRows, exceptionRows, scheduleRows, stepRows, outlines] = await together([
    client.query<{ id: number }>(jobsOf(batch), values),
    client.query<ChildRow & { scheduleId: number }>(exceptionsOf(batch), values),
    client.query<ChildRow>(schedulesOf(batch), values),
    client.query<ChildRow>(stepsOf(batch), values),
    unreadable.size === 0 ? null : client.query<OutlineRow>(outlinesOf(batch), values),
  ]);
  const exceptions = groupBy(exceptionRows.rows, ({ scheduleId }) => scheduleId);
  const schedules = groupBy(scheduleRows.rows, ({ jobId }) => jobId);
  const steps = groupBy(stepRows.rows, ({ jobId }) => jobId);
  const toWhole = (row: ChildRow): Schedule =>
    toSchedule(row, (exceptions.get(row.id) ?? []).map(toException));
  const jobs = jobRows.rows.map((row) =>
    toJob(row, (schedules.get(row.id) ?? []).map(toWhole), (steps.get(row.id) ?? []).map(toStep)),
  );
  return outlines === null ? jobs : [...jobs, ...outlines.rows.map(toOutline)].sort((a, b) => a.id - b.id);
}

interface OutlineRow {
  readonly id: number;
  readonly name: Buffer;
  readonly hostAgent: Buffer;
  readonly enabled: boolean;
}

function toOutline({ id, name, hostAgent, enabled }: OutlineRow): Job {
  return {
    id,
    name: readBytes(name),
    description: '',
    className: '',
    hostAgent: readBytes(hostAgent),
    enabled,
    isUnreadable: true,
    schedules: [],
    steps: [],
  };
}

/** Names that stand more than once in the source, by the ids of those that have them. */
export interface SharedNames {
  /** Schedules whose plain chain name, `<job> @ <schedule>`, another schedule has too. */
  readonly schedules: ReadonlySet<number>;
  /** Jobs whose name another job has too. */
  readonly jobs: ReadonlySet<number>;
}

/** Looks through the whole source, selected or not. The expression is that of plainChainName. */
export async function findSharedNames(client: Client): Promise<SharedNames> {
  const { rows } = await client.query<{ schedules: number[]; jobs: number[] }>(`
    SELECT ARRAY (SELECT id
                    FROM (SELECT s.jscid AS id, count(*) OVER (PARTITION BY j.jobname || ' @ ' || s.jscname) AS of_that_name
                            FROM pgagent.pga_schedule s
                            JOIN pgagent.pga_job j ON j.jobid = s.jscjobid) names
                   WHERE of_that_name > 1) AS schedules,
           ARRAY (SELECT id
                    FROM (SELECT jobid AS id, count(*) OVER (PARTITION BY jobname) AS of_that_name FROM pgagent.pga_job) names
                   WHERE of_that_name > 1) AS jobs`);
  return { schedules: new Set(rows[0]?.schedules), jobs: new Set(rows[0]?.jobs) };
}

/** The hosts that jobs are bound to; '' for any. */
export async function findHosts(
  client: Client,
  unreadable: ReadonlySet<number>,
): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ host: string }>(
    'SELECT DISTINCT jobhostagent AS host FROM pgagent.pga_job WHERE jobid <> ALL ($1::int[])',
    [[...unreadable]],
  );
  return new Set(rows.map(({ host }) => host));
}
