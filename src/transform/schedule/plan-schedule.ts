import type { Schedule } from '../../model/job.ts';
import type { Advisory, SkipReason } from '../../model/plan.ts';
import { isoInZone } from '../../model/zone.ts';
import type { Context } from '../context.ts';
import type { Piece } from './firing-set.ts';
import { nextRuns } from './next-runs.ts';
import { cutToMinute, LATEST_INSTANT, type ScheduleSet, scheduleSet } from './schedule-set.ts';

/** What becomes of a schedule: lines, nothing because it cannot fire, or nothing because they would be too many. */
export type ScheduleFate =
  | Firing
  | {
      readonly kind: 'idle';
      readonly schedule: Schedule;
      readonly reason: SkipReason;
      readonly message: string;
    }
  | { readonly kind: 'not-carried'; readonly schedule: Schedule; readonly advisories: readonly Advisory[] };

/** A schedule that chains can say. */
export interface Firing extends ScheduleSet {
  readonly kind: 'fires';
  readonly schedule: Schedule;
  /** Whether pgAgent fires it: not one that is disabled or over, which only `--schedules all` takes. */
  readonly isLive: boolean;
}

/** Before this a guard could not name the time. */
const EARLIEST_INSTANT = Date.UTC(1900, 0, 1);

/** Decides one schedule. */
export function planSchedule(schedule: Schedule, context: Context): ScheduleFate {
  const { now, zone, options } = context;
  const never = whyNever(schedule);
  if (never !== null) return idle(schedule, 'schedule-impossible', never);
  const resting = whyResting(schedule, context);
  if (resting !== null && options.schedules !== 'all') return idle(schedule, ...resting);
  const isLive = resting === null;
  // What is over by now is planned as it was at its end.
  const said = scheduleSet(schedule, options.lastDay, zone, Math.min(now, schedule.end ?? now));
  if (said.set.length === 0) return idle(schedule, 'schedule-impossible', whyEmpty(said));
  if (!isLive) return { kind: 'fires', schedule, isLive, ...said };
  const set = said.set.filter((piece) => canStillFire(piece, context));
  if (set.length === 0 && options.schedules === 'all')
    return { kind: 'fires', schedule, isLive: false, ...said };
  if (set.length === 0) return idle(schedule, 'schedule-over', 'no minute is left for it to fire at');
  if (options.schedules === 'active' && cutToMinute(schedule.start) > now)
    return idle(
      schedule,
      'schedule-not-active',
      `the schedule starts only at ${isoInZone(zone, schedule.start)}`,
    );
  return { kind: 'fires', schedule, isLive, ...said, set };
}

/** Whether a minute of it is left. */
export function canStillFire(piece: Piece, { zone, now }: Context): boolean {
  return piece.conditions.length === 0 || nextRuns([piece], zone, now, 1).length > 0;
}

function whyEmpty({ exceptions }: ScheduleSet): string {
  return exceptions.times.length > 0
    ? 'its exceptions take every minute'
    : 'no month ticked has a day ticked, so it never fires';
}

function idle(schedule: Schedule, reason: SkipReason, message: string): ScheduleFate {
  return { kind: 'idle', schedule, reason, message };
}

function whyNever(schedule: Schedule): string | null {
  if (schedule.start > LATEST_INSTANT) return 'the schedule never starts';
  const end = schedule.end ?? Infinity;
  if (end < schedule.start || end < EARLIEST_INSTANT) return 'the schedule ends before it starts';
  return null;
}

function whyResting({ enabled, end }: Schedule, { now, zone }: Context): [SkipReason, string] | null {
  if (!enabled) return ['schedule-disabled', 'the schedule is disabled'];
  if (end !== null && end < now) return ['schedule-over', `the schedule ended at ${isoInZone(zone, end)}`];
  return null;
}
