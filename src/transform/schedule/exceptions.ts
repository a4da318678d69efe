import type { Exception } from '../../job.ts';
import type { CalendarProduct } from './calendar.ts';

const MILLISECONDS_PER_HOUR = 3_600_000;
/** The zone farthest behind UTC: a day that is over there is over everywhere. */
const LATEST_ZONE_HOURS = 12;

/**
 * Whether an exception can still keep the schedule from a minute at which it would fire.
 * pgAgent (pga_next_schedule) compares the date and the time of day for equality with a whole minute:
 * a time with seconds never matches, and neither does an exception without a date and a time.
 * A day counts as over only where it is over in every time zone.
 */
export function canStillMatter(exception: Exception, product: CalendarProduct, now: number): boolean {
  if (exception.date === null && exception.time === null) return false;
  return timeMatches(exception.time, product) && dateMatches(exception.date, product, now);
}

function timeMatches(time: string | null, { hours, minutes }: CalendarProduct): boolean {
  if (time === null) return true;
  const [, hour, minute, rest] = /^(\d\d):(\d\d):(.+)$/.exec(time) ?? [];
  return rest === '00' && hours.includes(Number(hour)) && minutes.includes(Number(minute));
}

function dateMatches(date: string | null, product: CalendarProduct, now: number): boolean {
  if (date === null) return true;
  const [, year, month, day] = /^(\d{4,6})-(\d\d)-(\d\d)$/.exec(date) ?? [];
  if (year === undefined) return false; // infinity, -infinity, or before Christ
  const utc = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const earliestToday = startOfDay(now - LATEST_ZONE_HOURS * MILLISECONDS_PER_HOUR);
  return (
    utc.getTime() >= earliestToday &&
    product.months.includes(Number(month)) &&
    product.monthDays.includes(Number(day)) &&
    product.weekdays.includes(utc.getUTCDay())
  );
}

function startOfDay(instant: number): number {
  return new Date(instant).setUTCHours(0, 0, 0, 0);
}
