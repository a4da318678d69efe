import { startOfDate, type Zone } from '../../model/zone.ts';
import { type CalendarProduct, dayOnWall, hasDay } from './calendar.ts';
import type { Condition, Stretch } from './condition.ts';
import type { Piece } from './firing-set.ts';
import { nextRuns } from './next-runs.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The same minutes without the dates of exceptions on which the piece has none of its own. */
export function withoutNeedlessDates({ product, conditions }: Piece): Piece {
  return { product, conditions: conditions.flatMap((condition) => neededOf(condition, product)) };
}

/**
 * The same minutes without the starts before which its line does not come due.
 * @param now milliseconds since 1970 UTC: from its minute on
 */
export function withoutNeedlessStart({ product, conditions }: Piece, zone: Zone, now: number): Piece {
  const isNeeded = (condition: Condition): boolean =>
    condition.kind !== 'from' || isDueBefore(product, condition.instant, zone, now);
  return { product, conditions: conditions.filter(isNeeded) };
}

function isDueBefore(product: CalendarProduct, instant: number, zone: Zone, now: number): boolean {
  const thisMinute = Math.floor(now / MINUTE) * MINUTE;
  const [first] = nextRuns([{ product, conditions: [] }], zone, thisMinute - 1, 1);
  return first !== undefined && first.instant < instant;
}

function neededOf(condition: Condition, product: CalendarProduct): readonly Condition[] {
  if (condition.kind === 'not-on') {
    const dates = condition.dates.filter((date) => isOn(product, date));
    return dates.length === 0 ? [] : [{ kind: 'not-on', dates }];
  }
  if (condition.kind === 'not-at') {
    const stretches = condition.stretches.filter((stretch) => isWithin(product, stretch));
    return stretches.length === 0 ? [] : [{ kind: 'not-at', stretches }];
  }
  return [condition];
}

function isOn(product: CalendarProduct, date: string): boolean {
  const start = startOfDate(date);
  return start !== null && hasDay(product, dayOnWall(start));
}

function isWithin(product: CalendarProduct, { from, before }: Stretch): boolean {
  const day = Math.floor(from / DAY) * DAY;
  if (!hasDay(product, dayOnWall(from))) return false;
  return product.hours.some((hour) =>
    product.minutes.some((minute) => {
      const wall = day + hour * HOUR + minute * MINUTE;
      return from <= wall && wall < before;
    }),
  );
}
