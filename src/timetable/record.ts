import type { JobRecord, Phase, RecordedChain, RecordedOptions } from '../model/record.ts';
import { withAbsent } from '../postgres/absent-columns.ts';
import type { Client } from '../postgres/connect.ts';

/** Texts, those of schedules and steps by their ids. */
export interface Descriptions {
  readonly class: string;
  readonly job: string;
  readonly schedules: Readonly<Record<string, string>>;
  readonly steps: Readonly<Record<string, string>>;
}

/** What is kept of a job when its chains are written. */
export interface NewRecord<Chain = RecordedChain>
  extends Omit<JobRecord, 'source' | 'disabledAt' | 'disabledBy' | 'stop' | 'chains' | 'options'> {
  readonly options: RecordedOptions;
  readonly chains: readonly Chain[];
  /** Its jobchanged, UTC as PostgreSQL writes it. */
  readonly wasChanged: string | null;
  /** The class, and the texts of the job, its schedules and its steps, for which pg_timetable has no place. */
  readonly descriptions: Descriptions;
}

const COLUMNS = `
  source, job_id AS "jobId", job_name AS "jobName", (job_created AT TIME ZONE 'UTC')::text AS "jobCreated", phase, was_enabled AS "wasEnabled",
  (was_next_run AT TIME ZONE 'UTC')::text AS "wasNextRun", (disabled_at AT TIME ZONE 'UTC')::text AS "disabledAt",
  disabled_by AS "disabledBy", time_zone AS "timeZone",
  round(extract(epoch FROM planned_at) * 1000)::float8 AS "plannedAt", plan_digest AS "planDigest", chains,
  options, stop`;

/** A query of records, which may be in a table that version 0.1.0 made. */
const ofRecords = (query: string): string => withAbsent('NULL::jsonb AS options, NULL::jsonb AS stop', query);

const JOBS_A_BATCH = 1_000;

/**
 * The records of some jobs of a source, by job.
 * @param sources what it is called, its own name first
 */
export async function readRecords(
  client: Client,
  sources: readonly string[],
  jobIds: readonly number[],
): Promise<ReadonlyMap<number, JobRecord>> {
  const { rows } = await client.query<JobRecord>(
    `${ofRecords(`
      SELECT ${COLUMNS} FROM pga2timetable.job j WHERE source = ANY ($1::text[]) AND job_id = ANY ($2::int[])`)}
      ORDER BY array_position($1::text[], source) DESC, "jobId"`,
    [sources, jobIds],
  );
  return new Map(rows.map((row) => [row.jobId, row]));
}

/**
 * All records of a source, in the order of the jobs.
 * @param sources what it is called, its own name first
 */
export async function* allRecords(client: Client, sources: readonly string[]): AsyncGenerator<JobRecord> {
  for (let last = -(2 ** 31) - 1; ; ) {
    const { rows } = await client.query<JobRecord>(
      `${ofRecords(`
       SELECT DISTINCT ON (job_id) ${COLUMNS}
         FROM pga2timetable.job j
        WHERE source = ANY ($1::text[]) AND job_id > $2::bigint
          AND job_id <= (SELECT max(job_id)
                           FROM (SELECT DISTINCT job_id FROM pga2timetable.job
                                  WHERE source = ANY ($1::text[]) AND job_id > $2::bigint
                                  ORDER BY job_id LIMIT ${JOBS_A_BATCH}) batch)
        ORDER BY job_id, array_position($1::text[], source)`)}
       ORDER BY "jobId"`,
      [sources, last],
    );
    yield* rows;
    if (rows.length < JOBS_A_BATCH) return;
    last = rows.at(-1)?.jobId ?? last;
  }
}

/**
 * The ids of the jobs that a source has in the record.
 * @param sources what it is called
 */
export async function recordedJobIds(client: Client, sources: readonly string[]): Promise<readonly number[]> {
  const { rows } = await client.query<{ id: number }>(
    'SELECT DISTINCT job_id AS id FROM pga2timetable.job WHERE source = ANY ($1::text[])',
    [sources],
  );
  return rows.map(({ id }) => id);
}

/** How many records there are of each source and phase. */
export async function countPhases(
  client: Client,
): Promise<readonly { readonly source: string; readonly phase: Phase; readonly jobs: number }[]> {
  const { rows } = await client.query<{ source: string; phase: Phase; jobs: number }>(
    'SELECT source, phase, count(*)::int AS jobs FROM pga2timetable.job GROUP BY 1, 2 ORDER BY 1, 2',
  );
  return rows;
}

/** How a record is written over that of an earlier run; the new one is written into `pga2timetable.job AS j`. */
export const OVER_RECORD = `
     ON CONFLICT (source, job_id) DO UPDATE
        SET job_name = excluded.job_name, job_created = excluded.job_created, phase = excluded.phase, was_enabled = excluded.was_enabled,
            was_next_run = CASE WHEN j.disabled_at IS NULL THEN excluded.was_next_run ELSE j.was_next_run END,
            was_changed = CASE WHEN j.disabled_at IS NULL THEN excluded.was_changed ELSE j.was_changed END,
            planned_at = excluded.planned_at, plan_digest = excluded.plan_digest, chains = excluded.chains,
            time_zone = excluded.time_zone, descriptions = excluded.descriptions,
            options = excluded.options, written_at = excluded.written_at`;

/** Writes the records of jobs; of a job that is disabled already, how it stood before stays as it was. */
export async function writeRecords(
  client: Client,
  source: string,
  records: readonly NewRecord[],
): Promise<void> {
  if (records.length === 0) return;
  await client.query(
    `INSERT INTO pga2timetable.job AS j
            (source, job_id, job_name, job_created, phase, was_enabled, was_next_run, was_changed, planned_at, plan_digest, chains, descriptions, options, time_zone)
     SELECT $1, job_id, job_name, job_created AT TIME ZONE 'UTC', phase, was_enabled, was_next_run AT TIME ZONE 'UTC', was_changed AT TIME ZONE 'UTC',
            to_timestamp(planned_at / 1000), plan_digest, chains::jsonb, descriptions::jsonb, options::jsonb, time_zone
       FROM unnest($2::int[], $3::text[], $4::text[], $5::bool[], $6::timestamp[], $7::timestamp[], $8::float8[], $9::text[], $10::text[], $11::text[], $12::timestamp[], $13::text[], $14::text[])
            AS records (job_id, job_name, phase, was_enabled, was_next_run, was_changed, planned_at, plan_digest, chains, descriptions, job_created, time_zone, options)
     ${OVER_RECORD}`,
    [
      source,
      records.map(({ jobId }) => jobId),
      records.map(({ jobName }) => jobName),
      records.map(({ phase }) => phase),
      records.map(({ wasEnabled }) => wasEnabled),
      records.map(({ wasNextRun }) => wasNextRun),
      records.map(({ wasChanged }) => wasChanged),
      records.map(({ plannedAt }) => plannedAt),
      records.map(({ planDigest }) => planDigest),
      records.map(({ chains }) => JSON.stringify(chains)),
      records.map(({ descriptions }) => JSON.stringify(descriptions)),
      records.map(({ jobCreated }) => jobCreated),
      records.map(({ timeZone }) => timeZone),
      records.map(({ options }) => JSON.stringify(options)),
    ],
  );
}

/** What a kept job's record is to say from now on. */
export interface RecordChange {
  readonly jobId: number;
  readonly phase: Phase;
  readonly wasEnabled: boolean;
  readonly options: RecordedOptions;
  readonly chains: readonly RecordedChain[];
}

/** How many jobs of a source moved with each set of options; of some jobs alone, or of all. */
export async function countOptions(
  client: Client,
  source: string,
  jobIds: readonly number[] | null,
): Promise<readonly { readonly options: RecordedOptions; readonly jobs: number }[]> {
  const { rows } = await client.query<{ options: RecordedOptions; jobs: number }>(
    `${ofRecords(`
      SELECT options, count(*)::int AS jobs
        FROM pga2timetable.job j
       WHERE source = $1 AND ($2::int[] IS NULL OR job_id = ANY ($2)) AND jsonb_typeof(options) = 'object'
       GROUP BY 1`)}
      ORDER BY jobs DESC, options`,
    [source, jobIds],
  );
  return rows;
}

/** Changes the phase of records, the options, and what their chains are to be. */
export async function changeRecords(
  client: Client,
  source: string,
  changes: readonly RecordChange[],
): Promise<void> {
  if (changes.length === 0) return;
  await client.query(
    `UPDATE pga2timetable.job j
        SET phase = c.phase, was_enabled = c.was_enabled, chains = c.chains::jsonb, options = c.options::jsonb
       FROM unnest($2::int[], $3::text[], $4::bool[], $5::text[], $6::text[]) AS c (job_id, phase, was_enabled, chains, options)
      WHERE j.source = $1 AND j.job_id = c.job_id`,
    [
      source,
      changes.map(({ jobId }) => jobId),
      changes.map(({ phase }) => phase),
      changes.map(({ wasEnabled }) => wasEnabled),
      changes.map(({ chains }) => JSON.stringify(chains)),
      changes.map(({ options }) => JSON.stringify(options)),
    ],
  );
}
