import type { JobPlan } from '../../model/plan.ts';
import type { Print } from '../json.ts';
import { type Head, headText } from './head.ts';
import { chainsOf, jobText } from './job.ts';
import { makeLiveText, type PausedChain } from './make-live.ts';

/** A job of a chain file. */
export interface FileJob {
  readonly plan: JobPlan;
  /** The names of its chains that were live but for `--paused`. */
  readonly wouldBeLive: readonly string[];
}

/** Prints the jobs as a chain file of pg_timetable, one at a time. */
export async function printChainFile(head: Head, jobs: AsyncIterable<FileJob>, print: Print): Promise<void> {
  const wouldBeLive: PausedChain[] = [];
  let hasChains = false;
  await print(headText(head));
  for await (const job of jobs) {
    const chains = chainsOf(job.plan);
    // The comments of jobs without a chain may stand before the list.
    if (!hasChains && chains.length > 0) await print('chains:\n');
    hasChains ||= chains.length > 0;
    await print(jobText(job.plan));
    const names = new Set(job.wouldBeLive);
    wouldBeLive.push(...chains.filter(({ chainName }) => names.has(chainName)));
  }
  if (!hasChains) await print('chains: []\n');
  await print(makeLiveText(wouldBeLive));
}
