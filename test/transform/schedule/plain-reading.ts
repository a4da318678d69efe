import type { Schedule } from '../../../src/model/job.ts';

/** A minute of the calendar as a clock on the wall shows it, and the instant at which it begins. */
export interface WallMinute {
  readonly year: number;
  /** 1-12 */
  readonly month: number;
  /** 1-31 */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  /** Milliseconds since 1970 UTC. */
  readonly instant: number;
}

const MINUTE = 60_000;

/** The minute that begins at an instant, on a clock that shows UTC. */
export function utcMinute(instant: number): WallMinute {
  const date = new Date(instant);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    instant,
  };
}

const holds = (elements: readonly boolean[], index: number): boolean =>
  !elements.includes(true) || elements[index] === true;

/** FACTS.md 1, read literally: the last-day flag works only alone, and in a leap year it means 29 February. */
function monthDayHolds(monthDays: readonly boolean[], { year, month, day }: WallMinute): boolean {
  if (monthDays.slice(0, 31).includes(true) || monthDays[31] !== true) return holds(monthDays, day - 1);
  return day === new Date(Date.UTC(year, month, 0)).getUTCDate();
}

const two = (value: number): string => String(value).padStart(2, '0');

function isException({ exceptions }: Schedule, at: WallMinute): boolean {
  const date = `${String(at.year).padStart(4, '0')}-${two(at.month)}-${two(at.day)}`;
  const time = `${two(at.hour)}:${two(at.minute)}:00`;
  return exceptions.some(
    (one) =>
      (one.date !== null || one.time !== null) && (one.date ?? date) === date && (one.time ?? time) === time,
  );
}

/**
 * Whether pgAgent's schedule holds this minute: the plain reading of its five arrays, its exceptions and its window
 * (its start cut to the minute, both ends included). Written to be read, not to be quick; it knows nothing of cron.
 */
export function holdsMinute(schedule: Schedule, at: WallMinute): boolean {
  const weekday = new Date(Date.UTC(at.year, at.month - 1, at.day)).getUTCDay();
  return (
    holds(schedule.minutes, at.minute) &&
    holds(schedule.hours, at.hour) &&
    holds(schedule.weekdays, weekday) &&
    holds(schedule.months, at.month - 1) &&
    monthDayHolds(schedule.monthDays, at) &&
    at.instant >= Math.floor(schedule.start / MINUTE) * MINUTE &&
    at.instant <= (schedule.end ?? Infinity) &&
    !isException(schedule, at)
  );
}
