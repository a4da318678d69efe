import type { History, JobHistory, Start } from '../model/history.ts';
import type { Job } from '../model/job.ts';
import { agentAtWork, writtenAfter } from './agent-at-work.ts';
import { minutesOfJobSince, nextRunOf, nextRunOfJob } from './schedule/job-minutes.ts';
import { countRuns } from './schedule/next-runs.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Fewer failed runs, or all of them within a day, may be one disturbance. */
const FEWEST_FAILURES = 4;
/**
 * pga_next_schedule is less than an hour off (measured, 19,000 calls); the TimeZone of whoever last saved the job may be 26
 * hours off.
 */
const MOST_OFF = 27 * HOUR;
/** An agent that has just started has yet to take what is overdue. */
const START_OF_AGENT = 15 * MINUTE;
/** The agent of a host, or the one that holds the job, may be down this long while others work. */
const REST_OF_HOST = 14 * DAY;
/** Where jobnextrun says nothing, the job may have been enabled or changed a while ago. */
const FEWEST_DUE = 3;
const FEWEST_DAYS = 7 * DAY;
const LONGEST_AGO = 3_650 * DAY;

/** A way in which a job stood still under pgAgent. Instants are milliseconds since 1970 UTC. */
export type Dormancy =
  | { readonly kind: 'always-failed'; readonly runs: number; readonly first: number; readonly last: number }
  | { readonly kind: 'next-run-missing'; readonly next: number }
  | { readonly kind: 'next-run-late'; readonly nextRun: number; readonly next: number }
  /** Due minutes that passed while an agent was at work; `last` is null for a job that never ran. */
  | { readonly kind: 'not-run'; readonly due: number; readonly last: number | null; readonly next: number };

/**
 * How a job stood still, by what pgAgent's tables say. Pure. Silent where the job is disabled or new, where it may be running,
 * and where no agent can have run it: a false alarm is worse than none.
 */
export function dormancies(job: Job, own: JobHistory, history: History): readonly Dormancy[] {
  if (!own.enabled) return [];
  const still = standsStill(job, own, history);
  return [...alwaysFailed(own), ...(still === null ? [] : [still])];
}

function alwaysFailed({ runs, failures, firstStart, lastStart }: JobHistory): readonly Dormancy[] {
  if (runs < FEWEST_FAILURES || failures < runs || firstStart === null || lastStart === null) return [];
  if (lastStart - firstStart < DAY) return [];
  return [{ kind: 'always-failed', runs, first: firstStart, last: lastStart }];
}

function standsStill(job: Job, own: JobHistory, history: History): Dormancy | null {
  const { at, zone } = history;
  const next = nextRunOfJob(job, zone, at);
  if (next === null || own.taken === 'by-agent') return null;
  // Where no job has a next run, and none ever ran, the rows were only just brought here.
  if (own.nextRun === null)
    return history.isInUse || history.sample.length > 0 ? { kind: 'next-run-missing', next } : null;
  if (own.nextRun > next + MOST_OFF) return { kind: 'next-run-late', nextRun: own.nextRun, next };
  const due = own.nextRun < at - DAY ? dueSinceNextRun(job, own, history) : dueUnnoticed(job, own, history);
  return due === 0 ? null : { kind: 'not-run', due, last: own.lastRun, next };
}

function restingSince({ lastRun, lastEnd, created }: JobHistory): number {
  return Math.max(lastRun ?? 0, lastEnd ?? 0, created);
}

/** The due minutes since the next run that nobody made, if an agent that would have made it was at work meanwhile. */
function dueSinceNextRun(job: Job, own: JobHistory, { at, zone, latest, sample }: History): number {
  const since = Math.max((own.nextRun ?? 0) - 1, restingSince(own), at - LONGEST_AGO);
  const set = minutesOfJobSince(job, zone, since);
  const first = nextRunOf(set, zone, since);
  if (first === null || first > at - DAY) return 0;
  const others = [...latest, ...sample].filter(
    ({ jobId, start }) => jobId !== job.id && start > first + HOUR && start < at - START_OF_AGENT,
  );
  const couldTake = ({ host }: Start): boolean => job.hostAgent === '' || host === own.host;
  const hadAgent = own.taken === 'no' && others.some(couldTake);
  if (!hadAgent && (others.length === 0 || first > at - REST_OF_HOST)) return 0;
  return countRuns(set, zone, since, at);
}

/**
 * The due minutes since the last run that passed while an agent was at work, though jobnextrun is in order. They count from the last moment at which
 * the job may have been disabled or changed.
 */
function dueUnnoticed(job: Job, own: JobHistory, history: History): number {
  const { at, zone, sample } = history;
  const since = Math.max(restingSince(own), sample[0]?.start ?? at, writtenAfter(history, own.age) ?? 0);
  if (since > at - FEWEST_DAYS) return 0;
  const set = minutesOfJobSince(job, zone, since);
  const due = agentAtWork(history, job.hostAgent === '' ? null : own.host).reduce(
    (sum, { from, to }) =>
      sum + (to <= since ? 0 : countRuns(set, zone, Math.max(from, since), Math.min(to, at - HOUR))),
    0,
  );
  return due < FEWEST_DUE ? 0 : due;
}
