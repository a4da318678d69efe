import type { Timing } from '../../model/job.ts';
import { remembering } from '../../model/remembering.ts';
import { wallsBetween, type Zone } from '../../model/zone.ts';
import { intersection } from './algebra.ts';
import type { CalendarProduct } from './calendar.ts';
import { type Condition, endOf, startOf } from './condition.ts';
import { type FiringSet, fewestPieces, type Piece } from './firing-set.ts';
import { withoutNeedlessDates, withoutNeedlessStart } from './needed-conditions.ts';
import { nextRuns } from './next-runs.ts';
import { windowOf } from './schedule-set.ts';
import { stoppedRuns } from './stopped-runs.ts';
import { windowCovers } from './window-covers.ts';

/** The most chains of one schedule that are made unasked. */
export const MOST_CHAINS = 64;
/** One more chain is worth while where it spares as many empty runs as these. */
const RUNS_A_CHAIN = 20;

/**
 * The lines of a schedule, cut where its window opens later and for less than a year, so that they come due about that time
 * only: into as many as spare empty runs enough, and of as many into those that come due least often. A guard keeps the
 * start only where a line comes due before it.
 */
export const withinWindow = remembering(
  (set: FiringSet, timing: Timing, zone: Zone, now: number): FiringSet => {
    const guarded = (pieces: FiringSet): FiringSet =>
      pieces.map((piece) => withoutNeedlessStart(withoutNeedlessDates(piece), zone, now));
    const cut = coversOf(windowOf(timing, now), zone)
      .map((cover) => guarded(fewestPieces(cutBy(set, cover)).filter((piece) => canFire(piece, zone, now))))
      .filter(({ length }) => length > 0 && length <= MOST_CHAINS);
    const uncut = guarded(set);
    if (cut.length === 0) return uncut;
    const [best = uncut] = [uncut, ...cut]
      .map((pieces) => ({ pieces, cost: costOf(pieces, zone, now), minutes: minutesAYear(pieces) }))
      .sort((a, b) => a.cost - b.cost || a.minutes - b.minutes)
      .map(({ pieces }) => pieces);
    return best;
  },
);

function canFire(piece: Piece, zone: Zone, now: number): boolean {
  return nextRuns([piece], zone, now, 1).length > 0;
}

function coversOf(window: readonly Condition[], zone: Zone): readonly (readonly CalendarProduct[])[] {
  const from = startOf(window);
  const before = endOf(window);
  // Once it is open, runs are empty only behind the end, and there the first of them is the last.
  if (from === -Infinity || before === null || from >= before) return [];
  return windowCovers(...wallsBetween(zone, from, before));
}

function cutBy(set: FiringSet, cover: readonly CalendarProduct[]): FiringSet {
  return set.flatMap(({ product, conditions }) =>
    cover.flatMap((part) => {
      const inside = intersection(product, part);
      return inside === null ? [] : [{ product: inside, conditions }];
    }),
  );
}

function costOf(set: FiringSet, zone: Zone, now: number): number {
  return stoppedRuns(set, zone, now).runs + RUNS_A_CHAIN * set.length;
}

/** In how many minutes of a year its lines come due, week days aside. */
function minutesAYear(set: FiringSet): number {
  return set.reduce(
    (sum, { product: { minutes, hours, monthDays, months } }) =>
      sum + minutes.length * hours.length * monthDays.length * months.length,
    0,
  );
}
