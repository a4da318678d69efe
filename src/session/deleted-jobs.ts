import { jobPattern } from '../model/job-pattern.ts';
import type { JobRecord } from '../model/record.ts';
import { findMissingJobs } from '../pgagent/job-rows.ts';
import type { Client } from '../postgres/connect.ts';
import { onSide } from '../postgres/query-errors.ts';
import { readChainsNow } from '../timetable/chain-digests.ts';
import { readRecords, recordedJobIds } from '../timetable/record.ts';
import type { Settings } from './settings.ts';

/** A job that an earlier run moved and that pgAgent no longer has. */
export interface DeletedJob extends Pick<JobRecord, 'jobId' | 'jobName'> {
  readonly liveChains: number;
  readonly otherChains: number;
  /** Whether it was enabled in pgAgent before it moved, and no chain of it is live. */
  readonly runsNowhere: boolean;
}

export interface DeletedJobs {
  readonly jobs: readonly DeletedJob[];
  /** How many jobs the record has of this pgAgent, deleted or not. */
  readonly recorded: number;
}

export const NONE_DELETED: DeletedJobs = { jobs: [], recorded: 0 };

/** Where jobs are looked up. */
interface Places {
  readonly sourceClient: Client;
  readonly targetClient: Client;
  /** What the record calls this pgAgent. */
  readonly sourceKeys: readonly string[];
}

/**
 * The jobs of the record that were deleted in pgAgent since, as far as chains of theirs are left.
 * @param selection jobs that the run leaves out are no part of it
 */
export async function findDeletedJobs(
  { sourceClient, targetClient, sourceKeys }: Places,
  { jobs, excludedJobs }: Pick<Settings, 'jobs' | 'excludedJobs'>,
): Promise<DeletedJobs> {
  const recorded = await onSide('target', () => recordedJobIds(targetClient, sourceKeys));
  const missing = await onSide('source', () => findMissingJobs(sourceClient, recorded));
  if (missing.length === 0) return NONE_DELETED;
  const [wanted, unwanted] = [jobs.map(jobPattern), excludedJobs.map(jobPattern)];
  const records = [...(await onSide('target', () => readRecords(targetClient, sourceKeys, missing))).values()]
    .filter(({ jobId, jobName }) => wanted.length === 0 || wanted.some((fits) => fits(jobId, jobName)))
    .filter(({ jobId, jobName }) => !unwanted.some((fits) => fits(jobId, jobName)));
  const ids = records.flatMap(({ chains }) => chains.map(({ id }) => id));
  const chainsNow = await onSide('target', () => readChainsNow(targetClient, ids));
  const found = records.flatMap(({ jobId, jobName, wasEnabled, chains }): DeletedJob[] => {
    const left = chains.flatMap(({ id }) => chainsNow.get(id) ?? []);
    if (left.length === 0) return [];
    const liveChains = left.filter(({ live }) => live).length;
    const runsNowhere = wasEnabled && liveChains === 0;
    return [{ jobId, jobName, liveChains, otherChains: left.length - liveChains, runsNowhere }];
  });
  return { jobs: found, recorded: recorded.length };
}
