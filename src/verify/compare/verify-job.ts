import type { Job, Schedule } from '../../model/job.ts';
import type { TargetChain } from '../../model/target-chain.ts';
import type { Problem, Verdict } from '../../model/verdict.ts';
import { baseName, belongsTo, onDemandName } from '../../transform/chain-name.ts';
import type { Context } from '../../transform/context.ts';
import { isEmpty } from '../../transform/schedule/algebra.ts';
import type { Piece } from '../../transform/schedule/firing-set.ts';
import { chainProblems } from './chain-problems.ts';
import { firstDifferences } from './compare.ts';
import { guardOf, minutesOf, stepsOf } from './written-chain.ts';

const UNREADABLE: Problem = {
  code: 'unreadable-text',
  message:
    'it has text that is not UTF-8, so its schedules and steps are not compared. To find it: migrate --dry-run',
};

/** The names under which the chains of a job stand in the target, less what tells several of one schedule apart. */
export function namesOf(job: Job, context: Context): readonly string[] {
  const bases = job.schedules.map((schedule) => baseName(job, schedule, context));
  return [...bases, onDemandName(job, context.ambiguousJobs.has(job.id))];
}

/**
 * Proves that the chains of a job fire when its schedules do, or says which minutes differ first. Pure.
 * @param chains those of the target that bear the job's names
 */
export function verifyJob(job: Job, chains: readonly TargetChain[], context: Context): Verdict {
  const { now, zone, options } = context;
  const schedules = job.enabled ? job.schedules.filter((schedule) => isOpen(schedule, now)) : [];
  const pieces = chains.flatMap((chain) => piecesOf(job, chain, chains));
  const differences = chains.some(isBeyondCompare)
    ? []
    : firstDifferences({ schedules, pieces }, { now, zone, lastDay: options.lastDay });
  const problems = [
    // A schedule whose minutes the chains of others have is not missed.
    ...(differences.length === 0 ? [] : schedules.flatMap((one) => missing(job, one, chains, context))),
    ...chainProblems(job, schedules, chains, context),
    ...(job.isUnreadable && job.enabled ? [UNREADABLE] : []),
  ];
  const isEqual = differences.length === 0 && problems.length === 0;
  return {
    jobId: job.id,
    jobName: job.name,
    // Without a difference pgAgent is idle where pg_timetable is.
    verdict: !isEqual ? 'different' : pieces.length === 0 ? 'idle' : 'equal',
    chains: chains.map(({ chainName }) => chainName),
    differences,
    problems,
  };
}

// Without all of the minutes nothing could be said of any.
function isBeyondCompare(chain: TargetChain): boolean {
  return chain.live && minutesOf(chain, guardOf(chain)) === null;
}

function isOpen({ enabled, start, end }: Schedule, now: number): boolean {
  return enabled && start < Infinity && (end ?? Infinity) >= Math.max(now, start);
}

/** The minutes at which the clock starts the steps by way of this chain. */
function piecesOf(job: Job, chain: TargetChain, chains: readonly TargetChain[]): readonly Piece[] {
  const guard = guardOf(chain);
  const piece = minutesOf(chain, guard);
  if (!chain.live || piece === null || isEmpty(piece.product) || chain.clientName === '') return [];
  if (typeof guard === 'string' || guard.starts === null) return hasSteps(job, chain) ? [piece] : [];
  const isStarted = (other: TargetChain): boolean => other.chainName === guard.starts && hasSteps(job, other);
  return chains.some(isStarted) ? [piece] : [];
}

// A job without an enabled step runs nothing on either side.
function hasSteps({ steps }: Job, chain: TargetChain): boolean {
  return stepsOf(chain).length > 0 || !steps.some(({ enabled }) => enabled);
}

function missing(
  job: Job,
  schedule: Schedule,
  chains: readonly TargetChain[],
  context: Context,
): readonly Problem[] {
  const base = baseName(job, schedule, context);
  const isThere = chains.some(({ chainName }) => belongsTo(chainName, base));
  if (isThere) return [];
  return [
    {
      code: 'missing-chain',
      message: `the schedule "${schedule.name}" has no chain: "${base}" is not there`,
      scheduleId: schedule.id,
    },
  ];
}
