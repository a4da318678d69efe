import { held } from '../model/held.ts';
import type { Job } from '../model/job.ts';
import { oneAhead } from '../model/one-ahead.ts';
import type { ChainNow, JobRecord } from '../model/record.ts';
import type { JobRow } from '../pgagent/job-rows.ts';
import type { JobSource } from '../pgagent/job-source.ts';
import type { Client } from '../postgres/connect.ts';
import { onSide } from '../postgres/query-errors.ts';
import { together } from '../postgres/together.ts';
import { readChainsNow } from '../timetable/chain-digests.ts';
import { readRecords } from '../timetable/record.ts';
import { hasRecord } from '../timetable/record-table.ts';
import { isDisabledByUs, isOfThisJob } from './original-state.ts';

/** A job as it stood before this tool touched it, with what tells so. */
export interface CurrentJob {
  readonly job: Job;
  readonly row: JobRow;
  /** What an earlier run kept of it. */
  readonly record: JobRecord | null;
  /** Those of its recorded chains that are there now. */
  readonly ownChains: readonly ChainNow[];
  /** Whether this tool has disabled the job, and nobody has enabled it since. */
  readonly isDisabledByUs: boolean;
}

/** Where jobs are looked up. */
export interface Places {
  readonly source: Pick<JobSource, 'rows' | 'outcomesOf'>;
  /** null where no target is looked at. */
  readonly targetClient: Client | null;
  /** What the record calls this pgAgent, its own name first. */
  readonly sourceKeys: readonly string[];
  /** Whether the record may be read at all. */
  readonly mayReadRecord: boolean;
}

/** timetable.task has no index on its chains: each lookup reads all of it, so few lookups are to do. */
const JOBS_A_LOOKUP = 500;
const CHARACTERS_A_LOOKUP = 1_000_000;

/** Jobs in batches, each with its row and its record; those that a cutover disabled count as enabled, as they were. */
export async function* currentJobs(
  jobs: AsyncIterable<Job>,
  places: Places,
): AsyncGenerator<readonly CurrentJob[]> {
  // The jobs are read meanwhile.
  const recordClient = held(clientOfRecord(places));
  yield* oneAhead(lookups(jobs), (batch) => lookUp(batch, places, recordClient));
}

async function* lookups(jobs: AsyncIterable<Job>): AsyncGenerator<readonly Job[]> {
  let batch: Job[] = [];
  let characters = 0;
  for await (const job of jobs) {
    batch.push(job);
    characters += job.steps.reduce((sum, { code }) => sum + code.length, 0);
    if (batch.length < JOBS_A_LOOKUP && characters < CHARACTERS_A_LOOKUP) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}

/** The client to read the record by; null where there is none that may be read. */
async function clientOfRecord({ targetClient, mayReadRecord }: Places): Promise<Client | null> {
  if (targetClient === null || !mayReadRecord) return null;
  return (await onSide('target', () => hasRecord(targetClient))) ? targetClient : null;
}

async function lookUp(
  jobs: readonly Job[],
  { source, sourceKeys }: Places,
  recordClient: Promise<Client | null>,
): Promise<readonly CurrentJob[]> {
  const ids = jobs.map(({ id }) => id);
  const [rows, [records, chains]] = await together([
    source.rows(ids),
    recordClient.then((client) => (client === null ? NO_RECORDS : readMoved(client, sourceKeys, ids))),
  ]);
  const outcomes = await outcomesOfDisabling(source, [...records.values()]);
  return jobs.flatMap((job) => {
    const row = rows.get(job.id);
    if (row === undefined) return [];
    const record = records.get(job.id) ?? null;
    const isOurs = isDisabledByUs(row, record, outcomes.get(record?.disabledBy ?? '') ?? null);
    const isEnabled = isOurs || isLeftToChains(row, record);
    return [
      {
        job: isEnabled ? { ...job, enabled: true } : job,
        ...{ row, record, isDisabledByUs: isOurs },
        ownChains: record?.chains.flatMap(({ id }) => chains.get(id) ?? []) ?? [],
      },
    ];
  });
}

type Moved = readonly [ReadonlyMap<number, JobRecord>, ReadonlyMap<number, ChainNow>];

const NO_RECORDS: Moved = [new Map(), new Map()];

/** What the target has of jobs that were moved earlier: their records, and their chains by id. */
async function readMoved(
  client: Client,
  sourceKeys: readonly string[],
  jobIds: readonly number[],
): Promise<Moved> {
  return onSide('target', async () => {
    const records = await readRecords(client, sourceKeys, jobIds);
    const ids = [...records.values()].flatMap(({ chains }) => chains.map(({ id }) => id));
    return [records, await readChainsNow(client, ids)];
  });
}

// Its owner has disabled it in pgAgent since its chains were written live: they are all that runs it.
function isLeftToChains(row: JobRow, record: JobRecord | null): boolean {
  if (record === null || row.enabled || !record.wasEnabled || !isOfThisJob(row, record)) return false;
  return record.phase === 'moved' && record.chains.some(({ live }) => live);
}

/** What became of the transactions that were to disable jobs of a cutover that stands halfway, by their ids. */
export async function outcomesOfDisabling(
  source: Pick<JobSource, 'outcomesOf'>,
  records: readonly JobRecord[],
): Promise<ReadonlyMap<string, 'committed' | 'aborted' | null>> {
  const ids = records.flatMap(({ phase, disabledBy }) =>
    phase === 'cutting-over' ? (disabledBy ?? []) : [],
  );
  return ids.length === 0 ? new Map() : source.outcomesOf(ids);
}
