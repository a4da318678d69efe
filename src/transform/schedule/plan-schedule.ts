import type { Schedule, Timing } from '../../model/job.ts';
import type { Advisory, SkipReason } from '../../model/plan.ts';
import { remembering } from '../../model/remembering.ts';
import { type Varied, varied } from '../../model/varied.ts';
import { isoInZone, type Zone } from '../../model/zone.ts';
import type { Context } from '../context.ts';
import type { Piece } from './firing-set.ts';
import { nextRuns } from './next-runs.ts';
import { cutToMinute, LATEST_INSTANT, type LastDay, type ScheduleSet, scheduleSet } from './schedule-set.ts';
import { timingOf } from './timing.ts';

/** What becomes of a schedule: lines, nothing because it cannot fire, or nothing because they would be too many. */
export type ScheduleFate =
  | Firing
  | (Idle & { readonly schedule: Schedule })
  | { readonly kind: 'not-carried'; readonly schedule: Schedule; readonly advisories: readonly Advisory[] };

/** A schedule that chains can say. */
export interface Firing extends Fires {
  readonly schedule: Schedule;
  /** What of it decides when it fires, shared by all schedules that fire alike. */
  readonly timing: Timing;
}

interface Idle {
  readonly kind: 'idle';
  readonly reason: SkipReason;
  readonly message: string | Varied;
}

interface Fires extends ScheduleSet {
  readonly kind: 'fires';
  /** Whether pgAgent fires it: not one that is disabled or over, which only `--schedules all` takes. */
  readonly isLive: boolean;
}

/** Before this a guard could not name the time. */
const EARLIEST_INSTANT = Date.UTC(1900, 0, 1);

/** Decides one schedule. */
export function planSchedule(schedule: Schedule, { zone, now, options }: Context): ScheduleFate {
  const timing = timingOf(schedule);
  const fate = planTiming(timing, zone, now, options.schedules, options.lastDay);
  return fate.kind === 'idle' ? { ...fate, schedule } : { ...fate, schedule, timing };
}

type Taken = Context['options']['schedules'];

const planTiming = remembering(
  (timing: Timing, zone: Zone, now: number, taken: Taken, lastDay: LastDay): Idle | Fires => {
    const never = whyNever(timing);
    if (never !== null) return idle('schedule-impossible', never);
    const resting = whyResting(timing, zone, now);
    if (resting !== null && taken !== 'all') return idle(...resting);
    const isLive = resting === null;
    // What is over by now is planned as it was at its end.
    const said = scheduleSet(timing, lastDay, zone, Math.min(now, timing.end ?? now));
    if (said.set.length === 0) return idle('schedule-impossible', whyEmpty(said));
    if (!isLive) return { kind: 'fires', isLive, ...said };
    const set = said.set.filter((piece) => canStillFire(piece, zone, now));
    if (set.length === 0 && taken === 'all') return { kind: 'fires', isLive: false, ...said };
    if (set.length === 0) return idle('schedule-over', 'no minute is left for it to fire at');
    if (taken === 'active' && cutToMinute(timing.start) > now)
      return idle(
        'schedule-not-active',
        varied`the schedule starts only at ${{ start: isoInZone(zone, timing.start) }}`,
      );
    return { kind: 'fires', isLive, ...said, set };
  },
);

/** Whether a minute of it is left. */
export function canStillFire(piece: Piece, zone: Zone, now: number): boolean {
  return piece.conditions.length === 0 || nextRuns([piece], zone, now, 1).length > 0;
}

function whyEmpty({ exceptions }: ScheduleSet): string {
  return exceptions.times.length > 0
    ? 'its exceptions take every minute'
    : 'no month ticked has a day ticked, so it never fires';
}

function idle(reason: SkipReason, message: string | Varied): Idle {
  return { kind: 'idle', reason, message };
}

function whyNever({ start, end }: Timing): string | null {
  if (start > LATEST_INSTANT) return 'the schedule never starts';
  const last = end ?? Infinity;
  if (last < start || last < EARLIEST_INSTANT) return 'the schedule ends before it starts';
  return null;
}

function whyResting({ enabled, end }: Timing, zone: Zone, now: number): [SkipReason, string | Varied] | null {
  if (!enabled) return ['schedule-disabled', 'the schedule is disabled'];
  if (end !== null && end < now)
    return ['schedule-over', varied`the schedule ended at ${{ end: isoInZone(zone, end) }}`];
  return null;
}
