import { groupBy } from '../model/group-by.ts';
import type { Job, Schedule } from '../model/job.ts';
import type { Client } from '../postgres/connect.ts';
import { toException, toJob, toSchedule, toStep } from './rows.ts';
import { asBytes, readBytes } from './unreadable-jobs.ts';

const JOBS_A_BATCH = 200;

const JOBS = `
  SELECT j.jobid AS id, j.jobname AS name, j.jobdesc AS description, coalesce(c.jclname, '') AS "className",
         j.jobhostagent AS "hostAgent", j.jobenabled AS enabled
    FROM pgagent.pga_job j
    LEFT JOIN pgagent.pga_jobclass c ON c.jclid = j.jobjclid
   WHERE j.jobid = ANY ($1::int[])
   ORDER BY j.jobid`;

const OUTLINES = `
  SELECT jobid AS id, ${asBytes('jobname')} AS name, ${asBytes('jobhostagent')} AS "hostAgent", jobenabled AS enabled
    FROM pgagent.pga_job
   WHERE jobid = ANY ($1::int[])`;

const NEXT_IDS = `SELECT jobid AS id FROM pgagent.pga_job WHERE jobid > $1 ORDER BY jobid LIMIT ${JOBS_A_BATCH}`;

const SCHEDULES = `
  SELECT jscid AS id, jscjobid AS "jobId", jscname AS name, jscdesc AS description, jscenabled AS enabled,
         extract(epoch FROM jscstart)::float8 * 1000 AS start, extract(epoch FROM jscend)::float8 * 1000 AS end,
         jscminutes::text, jschours::text, jscweekdays::text, jscmonthdays::text, jscmonths::text
    FROM pgagent.pga_schedule
   WHERE jscjobid = ANY ($1::int[])
   ORDER BY jscid`;

const EXCEPTIONS = `
  SELECT e.jexid AS id, s.jscjobid AS "jobId", e.jexscid AS "scheduleId", e.jexdate::text AS date, e.jextime::text AS time
    FROM pgagent.pga_exception e
    JOIN pgagent.pga_schedule s ON s.jscid = e.jexscid
   WHERE s.jscjobid = ANY ($1::int[])
   ORDER BY e.jexid`;

// pgAgent (job.cpp, Job::Execute) sorts the same way, in the database's collation, which JavaScript does not know.
const STEPS = `
  SELECT jstid AS id, jstjobid AS "jobId", jstname AS name, jstdesc AS description, jstenabled AS enabled,
         jstkind::text, jstcode AS code, jstconnstr, jstdbname::text, jstonerror::text
    FROM pgagent.pga_jobstep
   WHERE jstjobid = ANY ($1::int[])
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
  for await (const ids of jobIds === null ? allIds(client) : slices(jobIds)) {
    const outlined = ids.filter((id) => unreadable.has(id));
    const whole = outlined.length === 0 ? ids : ids.filter((id) => !unreadable.has(id));
    const jobs = [...(await readBatch(client, whole)), ...(await readOutlines(client, outlined))];
    yield* jobs.sort((a, b) => a.id - b.id);
  }
}

/** How many jobs that is. */
export async function countJobs(client: Client, jobIds: readonly number[] | null): Promise<number> {
  if (jobIds !== null) return jobIds.length;
  const { rows } = await client.query<{ jobs: number }>('SELECT count(*)::int AS jobs FROM pgagent.pga_job');
  return rows[0]?.jobs ?? 0;
}

async function* allIds(client: Client): AsyncGenerator<readonly number[]> {
  for (let last = -(2 ** 31); ; ) {
    const ids = (await client.query<{ id: number }>(NEXT_IDS, [last])).rows.map(({ id }) => id);
    if (ids.length > 0) yield ids;
    if (ids.length < JOBS_A_BATCH) return;
    last = ids.at(-1) ?? last;
  }
}

async function* slices(jobIds: readonly number[]): AsyncGenerator<readonly number[]> {
  for (let at = 0; at < jobIds.length; at += JOBS_A_BATCH) yield jobIds.slice(at, at + JOBS_A_BATCH);
}

interface ChildRow {
  readonly id: number;
  readonly jobId: number;
}

async function readBatch(client: Client, ids: readonly number[]): Promise<readonly Job[]> {
  const jobs = (await client.query<{ id: number }>(JOBS, [ids])).rows;
  const exceptions = groupBy(
    (await client.query<ChildRow & { scheduleId: number }>(EXCEPTIONS, [ids])).rows,
    ({ scheduleId }) => scheduleId,
  );
  const schedules = groupBy((await client.query<ChildRow>(SCHEDULES, [ids])).rows, ({ jobId }) => jobId);
  const steps = groupBy((await client.query<ChildRow>(STEPS, [ids])).rows, ({ jobId }) => jobId);
  const toWhole = (row: ChildRow): Schedule =>
    toSchedule(row, (exceptions.get(row.id) ?? []).map(toException));
  return jobs.map((row) =>
    toJob(row, (schedules.get(row.id) ?? []).map(toWhole), (steps.get(row.id) ?? []).map(toStep)),
  );
}

interface OutlineRow {
  readonly id: number;
  readonly name: Buffer;
  readonly hostAgent: Buffer;
  readonly enabled: boolean;
}

async function readOutlines(client: Client, ids: readonly number[]): Promise<readonly Job[]> {
  if (ids.length === 0) return [];
  const { rows } = await client.query<OutlineRow>(OUTLINES, [ids]);
  return rows.map(({ id, name, hostAgent, enabled }) => ({
    id,
    name: readBytes(name),
    description: '',
    className: '',
    hostAgent: readBytes(hostAgent),
    enabled,
    isUnreadable: true,
    schedules: [],
    steps: [],
  }));
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
  const schedules = await client.query<{ id: number }>(`
    SELECT id
      FROM (SELECT s.jscid AS id, count(*) OVER (PARTITION BY j.jobname || ' @ ' || s.jscname) AS of_that_name
              FROM pgagent.pga_schedule s
              JOIN pgagent.pga_job j ON j.jobid = s.jscjobid) names
     WHERE of_that_name > 1`);
  const jobs = await client.query<{ id: number }>(`
    SELECT id
      FROM (SELECT jobid AS id, count(*) OVER (PARTITION BY jobname) AS of_that_name FROM pgagent.pga_job) names
     WHERE of_that_name > 1`);
  return { schedules: idsOf(schedules.rows), jobs: idsOf(jobs.rows) };
}

function idsOf(rows: readonly { id: number }[]): ReadonlySet<number> {
  return new Set(rows.map(({ id }) => id));
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
