import { remembering } from '../../model/remembering.ts';
import type { Zone } from '../../model/zone.ts';
import { commonMinutes, type FiringSet, fewestPieces, withoutMinutes } from './firing-set.ts';
import { countRuns, nextRuns } from './next-runs.ts';
import type { Firing } from './plan-schedule.ts';

const YEAR = 365 * 86_400_000;

/** Two schedules of a job that fire together. */
export interface Overlap {
  readonly earlier: Firing;
  readonly later: Firing;
  /** The first instant at which both fire. */
  readonly first: number;
  /** How often in the 365 days from now. */
  readonly minutes: number;
}

/** The pairs of schedules that pgAgent would fire in one minute some day. */
export function overlaps(firing: readonly Firing[], zone: Zone, now: number): readonly Overlap[] {
  const live = firing.filter(({ isLive }) => isLive);
  return live.flatMap((later, index) =>
    live.slice(0, index).flatMap((earlier): Overlap[] => {
      const shared = sharedWith(later.set, zone, now)(earlier.set);
      return shared === null ? [] : [{ earlier, later, ...shared }];
    }),
  );
}

type Shared = Pick<Overlap, 'first' | 'minutes'>;

// Remembered by both sets.
const sharedWith = remembering((later: FiringSet, zone: Zone, now: number) =>
  remembering((earlier: FiringSet): Shared | null => {
    const shared = commonMinutes(earlier, later);
    const [first] = nextRuns(shared, zone, now, 1);
    return first === undefined
      ? null
      : { first: first.instant, minutes: countRuns(shared, zone, now, now + YEAR) };
  }),
);

/**
 * Leaves each minute to one schedule, as pgAgent runs the job once in it: to one without conditions where there is one,
 * else to the one with the smallest id. Schedules that pgAgent does not fire take nothing and lose nothing.
 * @returns the schedules in their order; the set of one that is wholly covered is empty
 */
export function withoutOverlaps(firing: readonly Firing[]): readonly Firing[] {
  const isPlain = ({ set }: Firing): boolean => set.every(({ conditions }) => conditions.length === 0);
  const live = firing.filter(({ isLive }) => isLive);
  const first = [...live.filter(isPlain), ...live.filter((one) => !isPlain(one))];
  const left = new Map(
    first.map((one, index) => {
      const taken = first.slice(0, index);
      const set = taken.reduce((rest, { set: other }) => withoutMinutes(rest, other), one.set);
      return [one, taken.length === 0 ? set : fewestPieces(set)];
    }),
  );
  return firing.map((one) => ({ ...one, set: left.get(one) ?? one.set }));
}
