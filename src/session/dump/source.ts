import type { History } from '../../model/history.ts';
import type { Job } from '../../model/job.ts';
import type { Dump } from '../../pgagent/dump/dump.ts';
import type { JobRow } from '../../pgagent/job-rows.ts';
import type { JobSource, KnownJobs } from '../../pgagent/job-source.ts';
import type { SharedNames } from '../../pgagent/read-jobs.ts';
import { type NamedJob, requireFrom, selectFrom } from '../../pgagent/selection.ts';
import { plainChainName } from '../../transform/chain-name.ts';
import { checkHosts } from '../check-hosts.ts';
import type { Settings } from '../settings.ts';
import type { StepCollation } from './collations-without-server.ts';
import { withOrderedSteps } from './order-steps.ts';

/**
 * A dump as a source of jobs.
 * @param wantsHistory whether anybody asks what pgAgent ran
 * @param collations by which the steps of a job may have been sorted
 */
export function dumpSource(
  dump: Dump,
  known: KnownJobs,
  wantsHistory: boolean,
  collations: readonly StepCollation[],
): JobSource {
  return {
    ...known,
    history: wantsHistory && dump.history !== null ? Promise.resolve(historyOf(dump)) : null,
    jobs: (ids) => jobsOf(dump, ids, collations),
    rows: rowsOf(dump),
    outcomesOf: async (ids) => new Map(ids.map((id) => [id, null])),
    codeThatUsesPgAgent: async () => null,
  };
}

/**
 * What is known of the jobs of a dump.
 * @throws Failure of code `usage` for an option that fits no job
 */
export async function knownJobs(all: readonly Job[], settings: Settings): Promise<KnownJobs> {
  const { jobs, excludedJobs, jobTransactions } = settings;
  const jobIds = await selectFrom(named(all), jobs, excludedJobs);
  await requireFrom(named(all), '--transaction', [...jobTransactions.keys()]);
  const hosts = new Set(all.flatMap(({ hostAgent, isUnreadable }) => (isUnreadable ? [] : hostAgent)));
  checkHosts(settings, hosts);
  const jobCount = jobIds?.length ?? all.length;
  return { jobIds, jobCount, excludedJobs: all.length - jobCount, shared: sharedNames(all), hosts };
}

/** How the jobs of a dump stood, by id. */
export function rowsOf(dump: Dump): JobSource['rows'] {
  return async (ids) => new Map(ids.flatMap((id) => rowOf(dump, id) ?? []).map((row) => [row.jobId, row]));
}

async function* named(jobs: readonly Job[]): AsyncGenerator<NamedJob> {
  yield* jobs;
}

function sharedNames(jobs: readonly Job[]): SharedNames {
  const schedules = jobs.flatMap((job) =>
    job.schedules.map(({ id, name }) => ({ id, name: plainChainName(job.name, name) })),
  );
  return { schedules: shared(schedules), jobs: shared(jobs) };
}

function shared(items: readonly NamedJob[]): ReadonlySet<number> {
  const counts = new Map<string, number>();
  for (const { name } of items) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Set(items.flatMap(({ id, name }) => ((counts.get(name) ?? 0) > 1 ? id : [])));
}

async function* jobsOf(
  { jobs, malformed }: Dump,
  ids: readonly number[] | null,
  collations: readonly StepCollation[],
): AsyncGenerator<Job> {
  const wanted = ids === null ? null : new Set(ids);
  for (const job of jobs) {
    if (wanted !== null && !wanted.has(job.id)) continue;
    const failure = malformed.get(job.id);
    if (failure !== undefined) throw failure;
    yield withOrderedSteps(job, collations);
  }
}

function rowOf({ states }: Dump, jobId: number): JobRow | null {
  const state = states.get(jobId);
  if (state === undefined) return null;
  // Whether the agent that holds it is there, cannot be seen: as on a replica.
  const taken = state.agentId === null ? 'no' : 'by-agent';
  return { ...state, jobId, taken, age: 0, isOverdue: false, digest: '' };
}

// How many transactions ago a row was written is not in a dump: rows of one age tell nothing.
function historyOf({ history, newestTime }: Dump): Omit<History, 'zone'> {
  return {
    at: newestTime ?? 0,
    isLogReadable: true,
    isInUse: history?.isInUse ?? false,
    latest: history?.latest ?? [],
    sample: (history?.sample ?? []).map((start) => ({ ...start, age: 0 })),
    logged: history?.logged ?? new Map(),
  };
}
