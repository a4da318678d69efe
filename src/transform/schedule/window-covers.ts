import type { WallTime } from '../../model/zone.ts';
import { union } from './algebra.ts';
import { type CalendarProduct, EVERY_MINUTE } from './calendar.ts';

/** The fields that a stretch of time is cut by, the largest unit first. */
const FIELDS = ['months', 'monthDays', 'hours', 'minutes'] as const;
const UNITS = [...FIELDS.keys()];
const MONTHS = 0;
const MINUTES = FIELDS.length - 1;

/**
 * The ways to cover a stretch of the wall's time by calendar products that share no minute. Either side is cut by whole
 * months, days, hours or minutes: the products have every minute of the stretch, and of the same year as few others as the
 * cut is fine. A year or more has all of the calendar, so that there is nothing to cut.
 * @param last its last minute
 */
export function windowCovers(first: WallTime, last: WallTime): readonly (readonly CalendarProduct[])[] {
  if (last >= startOf(MONTHS, first, 12) + first - startOf(MONTHS, first)) return [];
  const found = UNITS.flatMap((head) =>
    UNITS.map((tail) => union(productsOf(startOf(head, first), startOf(tail, last, 1)))),
  );
  return [...new Map(found.map((cover) => [JSON.stringify(cover), cover])).values()];
}

/** The minutes from one on, before another: minutes up to the next hour, hours up to the next day, and so on, and down again. */
function productsOf(from: WallTime, before: WallTime): readonly CalendarProduct[] {
  const found: CalendarProduct[] = [];
  for (let at = from; at < before; ) {
    const first = at;
    const unit =
      UNITS.find((one) => startOf(one, first) === first && startOf(one, first, 1) <= before) ?? MINUTES;
    const end = unit === MONTHS ? before : Math.min(before, startOf(unit - 1, first, 1));
    const values = new Set<number>();
    for (; startOf(unit, at, 1) <= end; at = startOf(unit, at, 1)) values.add(partsOf(at)[unit] ?? 0);
    found.push(productOf(first, unit, [...values]));
  }
  return found;
}

/** Some values of a unit, within the larger units of a minute. */
function productOf(wall: WallTime, unit: number, values: readonly number[]): CalendarProduct {
  const fields = FIELDS.map((field, index) => {
    if (index > unit) return [field, EVERY_MINUTE[field]];
    return [field, index === unit ? values.toSorted((a, b) => a - b) : [partsOf(wall)[index]]];
  });
  return { ...EVERY_MINUTE, ...Object.fromEntries(fields) };
}

/** The beginning of the month, day, hour or minute that a time is in, or of one some units later. */
function startOf(unit: number, wall: WallTime, later = 0): WallTime {
  const [month = 1, day = 1, hour = 0, minute = 0] = partsOf(wall).map((part, index) =>
    index === unit ? part + later : index < unit ? part : undefined,
  );
  return Date.UTC(new Date(wall).getUTCFullYear(), month - 1, day, hour, minute);
}

/** Month, day, hour and minute, in cron's numbers. */
function partsOf(wall: WallTime): readonly number[] {
  const date = new Date(wall);
  return [date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes()];
}
