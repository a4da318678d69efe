import type { Job } from '../../model/job.ts';
import type { Zone } from '../../model/zone.ts';
import type { FiringSet } from './firing-set.ts';
import { nextRuns } from './next-runs.ts';
import { scheduleSet } from './schedule-set.ts';

const MINUTE = 60_000;

/**
 * The minutes at which pgAgent fires a job, by its enabled schedules. Pure.
 * @param zone pgAgent's
 * @param now milliseconds since 1970 UTC
 */
export function minutesOfJob({ schedules }: Job, zone: Zone, now: number): FiringSet {
  return schedules
    .filter(({ enabled }) => enabled)
    .flatMap((schedule) => scheduleSet(schedule, 'keep', zone, now).set);
}

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
