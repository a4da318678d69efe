import { startOfDate } from '../../model/zone.ts';
import { type CalendarProduct, dayOnWall, hasDay } from './calendar.ts';
import type { Condition, Stretch } from './condition.ts';
import type { Piece } from './firing-set.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The same minutes without the conditions, and without the dates in them, that none of the piece's own minutes can fail. */
export function withoutNeedless({ product, conditions }: Piece): Piece {
  return { product, conditions: conditions.flatMap((condition) => neededOf(condition, product)) };
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
