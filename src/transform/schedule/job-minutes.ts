import type { Job, Timing } from '../../model/job.ts';
import { remembering } from '../../model/remembering.ts';
import type { Zone } from '../../model/zone.ts';
import type { FiringSet } from './firing-set.ts';
import { nextRuns } from './next-runs.ts';
import { scheduleSet } from './schedule-set.ts';
import { timingOf } from './timing.ts';

const MINUTE = 60_000;

/**
 * The minutes at which pgAgent fires a job, by its enabled schedules. Pure.
 * @param zone pgAgent's
 * @param now milliseconds since 1970 UTC
 */
export function minutesOfJob(job: Job, zone: Zone, now: number): FiringSet {
  return timingsOf(job).flatMap((timing) => setOf(timing, zone, now));
}

/** The same, by an instant that hardly another job has: nothing of it is remembered. */
export function minutesOfJobSince(job: Job, zone: Zone, since: number): FiringSet {
  return timingsOf(job).flatMap((timing) => scheduleSet(timing, 'keep', zone, since).set);
}

function timingsOf({ schedules }: Job): readonly Timing[] {
  return schedules.filter(({ enabled }) => enabled).map(timingOf);
}

const setOf = remembering(
  (timing: Timing, zone: Zone, now: number): FiringSet => scheduleSet(timing, 'keep', zone, now).set,
);

/** The next minute at which pgAgent is to run a job, as `nextRunOf` says it. */
export function nextRunOfJob(job: Job, zone: Zone, now: number): number | null {
  const found = timingsOf(job).flatMap((timing) => nextOf(timing, zone, now) ?? []);
  return found.length === 0 ? null : Math.min(...found);
}

const nextOf = remembering((timing: Timing, zone: Zone, now: number): number | null =>
  nextRunOf(setOf(timing, zone, now), zone, now),
);

/**
 * The next minute at which pgAgent is to run a job: that of its earliest enabled schedule, as pga_next_schedule finds it
 * where it finds one. Pure.
 * @param after milliseconds since 1970 UTC: the minute that this is in does not count
 * @returns milliseconds since 1970 UTC; null where no schedule can fire any more
 */
export function nextRunOf(set: FiringSet, zone: Zone, after: number): number | null {
  const [next] = nextRuns(set, zone, Math.floor(after / MINUTE) * MINUTE, 1);
  return next?.instant ?? null;
}
