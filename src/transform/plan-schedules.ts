import type { Job } from '../model/job.ts';
import type { Advisory } from '../model/plan.ts';
import { manyChains, nameTooLong } from './advisories/index.ts';
import { baseName, longestName } from './chain-name.ts';
import type { Context } from './context.ts';
import { withoutOverlaps } from './schedule/overlaps.ts';
import { canStillFire, type Firing, planSchedule, type ScheduleFate } from './schedule/plan-schedule.ts';
import { MOST_CHAINS, withinWindow } from './schedule/within-window.ts';

/** The longest name that a B-tree index takes for sure: a third of an 8 kB page, less its own heads. */
const LONGEST_NAME_BYTES = 2_600;

/**
 * Decides the schedules of a job: those that cannot be written are kept back, and with `--overlap exact` the others
 * share out their minutes.
 */
export function planSchedules(job: Job, context: Context): readonly ScheduleFate[] {
  const fates = job.schedules.map((schedule) => planSchedule(schedule, context));
  const decided = share(
    job,
    fates.filter((fate) => fate.kind === 'fires'),
    context,
  );
  return fates.map((fate) => decided.get(fate.schedule.id) ?? fate);
}

// A schedule that is kept back takes no minutes from the others, so they share anew without it.
function share(job: Job, firing: readonly Firing[], context: Context): Map<number, ScheduleFate> {
  const apart =
    context.options.overlap === 'exact'
      ? withoutOverlaps(firing).map((one) => whatIsLeft(one, context))
      : firing;
  const shared = apart.map((one) => ({
    ...one,
    set: withinWindow(one.set, one.timing, context.zone, context.now),
  }));
  const stuck = shared.flatMap((one): ScheduleFate[] => {
    const advisories = whyUnwritable(job, one, context);
    return advisories.length === 0 ? [] : [{ kind: 'not-carried', schedule: one.schedule, advisories }];
  });
  const stuckIds = new Set(stuck.map(({ schedule }) => schedule.id));
  const writable = firing.filter(({ schedule }) => !stuckIds.has(schedule.id));
  const others: readonly (readonly [number, ScheduleFate])[] =
    stuck.length > 0
      ? [...share(job, writable, context)]
      : shared.map((one) => [one.schedule.id, one] as const);
  return new Map([...others, ...stuck.map((one) => [one.schedule.id, one] as const)]);
}

function whatIsLeft(one: Firing, { zone, now }: Context): Firing {
  return one.isLive ? { ...one, set: one.set.filter((piece) => canStillFire(piece, zone, now)) } : one;
}

function whyUnwritable(job: Job, { schedule, set }: Firing, context: Context): readonly Advisory[] {
  const about = { scheduleId: schedule.id };
  const name = longestName(baseName(job, schedule, context), set.length);
  return [
    ...(set.length > MOST_CHAINS && !context.options.allowManyChains
      ? [manyChains(about, set.length, MOST_CHAINS)]
      : []),
    ...whyTooLong(name, about),
  ];
}

/** An advisory for a chain name that is too long for the target's index. */
export function whyTooLong(name: string, about: { scheduleId?: number }): readonly Advisory[] {
  const bytes = Buffer.byteLength(name);
  return bytes > LONGEST_NAME_BYTES ? [nameTooLong(about, bytes, LONGEST_NAME_BYTES)] : [];
}
