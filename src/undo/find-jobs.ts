import type { ChainNow, JobRecord } from '../model/record.ts';
import type { HeldJob, UndoneJob } from '../model/undo-result.ts';
import type { Zone } from '../model/zone.ts';
import { type JobRow, readJobRows } from '../pgagent/job-rows.ts';
import { selectFrom } from '../pgagent/selection.ts';
import { outcomesOf } from '../pgagent/switch-jobs.ts';
import { handChanges } from '../planning/reconcile.ts';
import type { Client } from '../postgres/connect.ts';
import { fromSide, onSide } from '../postgres/query-errors.ts';
import { readZone } from '../postgres/time-zone.ts';
import { together } from '../postgres/together.ts';
import { outcomesOfDisabling } from '../session/current-jobs.ts';
import { isDisabledByUs, isOfThisJob } from '../session/original-state.ts';
import type { LiveSession } from '../session/session.ts';
import type { Settings } from '../session/settings.ts';
import { readChainsNow } from '../timetable/chain-digests.ts';
import { allRecords } from '../timetable/record.ts';
import { hasRecord } from '../timetable/record-table.ts';
import type { FiringSet } from '../transform/schedule/firing-set.ts';
import { minutesOfJob } from '../transform/schedule/job-minutes.ts';
import { heldJobs } from './held-jobs.ts';

/** A job that is to be undone. */
export interface Undoing {
  readonly record: JobRecord;
  /** What becomes of it in pgAgent. */
  readonly job: UndoneJob['job'];
  /** When pgAgent fires it; empty unless it is to be enabled, or was by an undo that was broken off. */
  readonly minutes: FiringSet;
  /** The clock that pgAgent goes by: the one by which it moved, unless this run names another. */
  readonly zone: Zone;
  /** Of the job as it was read, where it is to be enabled. */
  readonly digest: string | null;
  /** Why pgAgent does not run it once it is enabled; null where it does. */
  readonly held: HeldJob | null;
  readonly chainsNow: readonly ChainNow[];
  readonly changedByHand: readonly string[];
}

// The server reads all tasks for each look-up.
const JOBS_A_LOOKUP = 2_000;

/**
 * All that this tool moved from the source and that is selected, with what taking it back means now.
 * @param step is called for each job of the record
 */
export async function listUndoing(
  session: LiveSession,
  settings: Pick<Settings, 'jobs' | 'excludedJobs' | 'sourceRole' | 'sourceTimeZone'>,
  step: () => void,
): Promise<readonly Undoing[]> {
  const { targetClient, sourceKeys } = session;
  if (!(await onSide('target', () => hasRecord(targetClient)))) return [];
  const control = await session.control('source');
  const selected = await select(session, settings.jobs, settings.excludedJobs);
  const found: Undoing[] = [];
  let batch: JobRecord[] = [];
  for await (const record of fromSide('target', allRecords(targetClient, sourceKeys))) {
    step();
    if (selected !== null && !selected.has(record.jobId)) continue;
    batch.push(record);
    if (batch.length < JOBS_A_LOOKUP) continue;
    found.push(...(await lookUp(batch, session, settings, control)));
    batch = [];
  }
  found.push(...(await lookUp(batch, session, settings, control)));
  return found;
}

/** By the names of the record: a job may be gone from pgAgent, or have another name there. */
async function select(
  { targetClient, sourceKeys }: LiveSession,
  wanted: readonly string[],
  unwanted: readonly string[],
): Promise<ReadonlySet<number> | null> {
  async function* names(): AsyncGenerator<{ id: number; name: string }> {
    for await (const { jobId, jobName } of fromSide('target', allRecords(targetClient, sourceKeys)))
      yield { id: jobId, name: jobName };
  }
  const ids = await selectFrom(names(), wanted, unwanted);
  return ids === null ? null : new Set(ids);
}

async function zonesOf(
  records: readonly JobRecord[],
  { sourceClient, context }: LiveSession,
  { sourceRole, sourceTimeZone }: Pick<Settings, 'sourceRole' | 'sourceTimeZone'>,
): Promise<ReadonlyMap<number, Zone>> {
  if (sourceRole !== null || sourceTimeZone !== null) return new Map();
  const zones = new Map<string, Zone>();
  for (const name of new Set(records.flatMap(({ timeZone }) => timeZone ?? [])))
    zones.set(name, await onSide('source', () => readZone(sourceClient, name, context.now)));
  return new Map(
    records.flatMap(({ jobId, timeZone }) => {
      const zone = zones.get(timeZone ?? '');
      return zone === undefined ? [] : [[jobId, zone] as const];
    }),
  );
}

async function lookUp(
  records: readonly JobRecord[],
  session: LiveSession,
  settings: Pick<Settings, 'sourceRole' | 'sourceTimeZone'>,
  control: Client,
): Promise<readonly Undoing[]> {
  const ids = records.map(({ jobId }) => jobId);
  const chainIds = records.flatMap(({ chains }) => chains.map(({ id }) => id));
  const [rows, chainsNow] = await together([
    onSide('source', () => readJobRows(control, ids)),
    onSide('target', () => readChainsNow(session.targetClient, chainIds)),
  ]);
  const outcomes = await outcomesOfDisabling(
    { outcomesOf: (ids) => onSide('source', () => outcomesOf(control, ids)) },
    records,
  );
  const toEnable = records.filter((record) => {
    const row = rows.get(record.jobId);
    return row !== undefined && isDisabledByUs(row, record, outcomes.get(record.disabledBy ?? '') ?? null);
  });
  const timed = [...toEnable, ...records.filter((record) => wasGivenBack(rows.get(record.jobId), record))];
  const zones = await zonesOf(timed, session, settings);
  const zoneOf = (jobId: number): Zone => zones.get(jobId) ?? session.clocks.source;
  const minutes = new Map<number, FiringSet>();
  for await (const job of session.jobsOf(timed.map(({ jobId }) => jobId)))
    minutes.set(job.id, minutesOfJob(job, zoneOf(job.id), session.context.now));
  // In the snapshot that the schedules are read in.
  const read = await onSide('source', () =>
    readJobRows(
      session.sourceClient,
      toEnable.map(({ jobId }) => jobId),
    ),
  );
  const taken = timed.flatMap(({ jobId }) => ((rows.get(jobId)?.agentId ?? null) === null ? [] : jobId));
  const held = await onSide('source', () => heldJobs(control, taken));
  return records.map((record): Undoing => {
    const set = minutes.get(record.jobId);
    const isToEnable = set !== undefined && toEnable.includes(record);
    return {
      record,
      job: isToEnable ? 'enabled' : fateOf(rows.get(record.jobId), record),
      minutes: set ?? [],
      zone: zoneOf(record.jobId),
      digest: isToEnable ? (read.get(record.jobId)?.digest ?? null) : null,
      held: held.get(record.jobId) ?? null,
      chainsNow: record.chains.flatMap(({ id }) => chainsNow.get(id) ?? []),
      changedByHand: handChanges(record, chainsNow, null),
    };
  });
}

/** Whether an undo that was broken off has enabled it. */
function wasGivenBack(row: JobRow | undefined, record: JobRecord): boolean {
  return record.stop?.missedUpTo !== undefined && row?.enabled === true && isOfThisJob(row, record);
}

function fateOf(row: JobRow | undefined, record: JobRecord): UndoneJob['job'] {
  if (row === undefined || !isOfThisJob(row, record)) return 'gone';
  // Its owner has disabled it since, as the advisory still-enabled says.
  return record.wasEnabled && !row.enabled ? 'stays-disabled' : 'as-it-is';
}
