import type { Ticks } from '../../model/job.ts';
import { remembering } from '../../model/remembering.ts';
import type { WallTime } from '../../model/zone.ts';

/** Values of the five calendar fields, ascending, in cron's numbers: a minute belongs if each part of it is among them. */
export interface CalendarProduct {
  /** 0-59 */
  readonly minutes: readonly number[];
  /** 0-23 */
  readonly hours: readonly number[];
  /** 1-31 */
  readonly monthDays: readonly number[];
  /** 1-12 */
  readonly months: readonly number[];
  /** 0-6, 0 is Sunday */
  readonly weekdays: readonly number[];
}

function span(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** All minutes there are. */
export const EVERY_MINUTE: CalendarProduct = {
  minutes: span(0, 59),
  hours: span(0, 23),
  monthDays: span(1, 31),
  months: span(1, 12),
  weekdays: span(0, 6),
};

/** What a cron line can know of a day. */
export interface CalendarDay {
  /** 1-12 */
  readonly month: number;
  /** 1-31 */
  readonly day: number;
  /** 0-6, 0 is Sunday */
  readonly weekday: number;
}

const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const LAST_DAY_ELEMENT = 31;

/** The days that a month has at the most: 29 for February. */
export function longestLength(month: number): number {
  return DAYS_IN_MONTH[month - 1] ?? 0;
}

// pgAgent (pga_next_schedule): an array without a true element stands for any value.
function ticked(elements: readonly boolean[], first: number): readonly number[] {
  const chosen = elements.flatMap((isTicked, index) => (isTicked ? [index + first] : []));
  return chosen.length > 0 ? chosen : elements.map((_, index) => index + first);
}

/**
 * What was ticked, as calendar values; the last-day flag aside.
 * The first element of each array is minute 0, hour 0, Sunday, the 1st and January (pgAgent, pga_next_schedule).
 */
export const calendarProduct = remembering(
  (ticks: Ticks): CalendarProduct => ({
    minutes: ticked(ticks.minutes, 0),
    hours: ticked(ticks.hours, 0),
    monthDays: ticked(ticks.monthDays.slice(0, LAST_DAY_ELEMENT), 1),
    months: ticked(ticks.months, 1),
    weekdays: ticked(ticks.weekdays, 0),
  }),
);

/** Whether "last day of the month" is ticked and says anything: beside all 31 days it adds nothing. */
export function asksForLastDay(ticks: Ticks): boolean {
  const days = ticks.monthDays.slice(0, LAST_DAY_ELEMENT);
  return ticks.monthDays[LAST_DAY_ELEMENT] === true && !days.every(Boolean);
}

/** Whether "last day of the month" is the only day ticked: beside any other day pgAgent passes it over (measured). */
export function hasOnlyLastDay(ticks: Ticks): boolean {
  return asksForLastDay(ticks) && !ticks.monthDays.slice(0, LAST_DAY_ELEMENT).some(Boolean);
}

export function dayOnWall(wall: WallTime): CalendarDay {
  const date = new Date(wall);
  return { month: date.getUTCMonth() + 1, day: date.getUTCDate(), weekday: date.getUTCDay() };
}

/** Whether a day belongs, whatever its time. */
export function hasDay(product: CalendarProduct, { month, day, weekday }: CalendarDay): boolean {
  return (
    product.months.includes(month) && product.monthDays.includes(day) && product.weekdays.includes(weekday)
  );
}

/**
 * Whether any day there is belongs to the months and month days. Week days never decide it: over four
 * centuries every date that exists, 29 February too, falls on each of the seven.
 */
export function hasAnyDay(months: readonly number[], monthDays: readonly number[]): boolean {
  const earliest = Math.min(...monthDays);
  return months.some((month) => earliest <= longestLength(month));
}
