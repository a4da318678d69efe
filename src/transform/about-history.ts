import type { Job } from '../model/job.ts';
import type { Advisory } from '../model/plan.ts';
import { isoInZone } from '../model/zone.ts';
import {
  jobAlwaysFailed,
  jobNeverRan,
  jobNotRun,
  nextRunLate,
  nextRunMissing,
  pausedAsDormant,
} from './advisories/index.ts';
import type { Context } from './context.ts';
import { type Dormancy, dormancies } from './dormant.ts';
import { nextRunOfJob } from './schedule/job-minutes.ts';

/** What pgAgent's log says of a job that is to have chains. */
export interface HistoryNotes {
  readonly advisories: readonly Advisory[];
  /** Whether its chains are not live, and its pgAgent job stays as it is. */
  readonly isPaused: boolean;
}

/** Says how a job stood still, and whether `--pause-dormant` pauses it: by the log, or as it was decided before. */
export function aboutHistory(job: Job, { now, history, options: { pauseDormant } }: Context): HistoryNotes {
  const found = history === null ? [] : dormancies(job, history.own, history.all);
  const isPaused = pauseDormant === 'held' || (pauseDormant && found.length > 0);
  const said = history === null ? [] : found.map((one) => toAdvisory(one, job, history, now, isPaused));
  return { advisories: [...said, ...(isPaused ? [pausedAsDormant({})] : [])], isPaused };
}

function toAdvisory(
  found: Dormancy,
  job: Job,
  { own: { lastSuccess }, all: { zone } }: NonNullable<Context['history']>,
  now: number,
  isPaused: boolean,
): Advisory {
  const time = (instant: number): string =>
    Number.isFinite(instant) ? isoInZone(zone, instant).slice(0, 16).replace('T', ' ') : 'infinity';
  const next = nextRunOfJob(job, zone, now);
  const more = {
    lastSuccess: lastSuccess === null ? null : time(lastSuccess),
    next: next === null ? null : time(next),
    isPaused,
  };
  switch (found.kind) {
    case 'always-failed':
      return jobAlwaysFailed({}, found.runs, time(found.first), time(found.last), more);
    case 'next-run-missing':
      return nextRunMissing({}, more);
    case 'next-run-late':
      return nextRunLate({}, time(found.nextRun), more);
    case 'not-run':
      return found.last === null
        ? jobNeverRan({}, found.due, more)
        : jobNotRun({}, time(found.last), found.due, more);
  }
}
