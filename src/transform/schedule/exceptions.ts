import type { Exception } from '../../model/job.ts';
import { dateOnWall, startOfDate, wallTime, type Zone } from '../../model/zone.ts';
import { type CalendarProduct, dayOnWall, hasDay } from './calendar.ts';
import type { Stretch } from './condition.ts';

const MINUTE = 60_000;
const MINUTES_A_DAY = 1_440;

/** A minute of the day. */
export interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
}

/** What the exceptions of a schedule come to: those that can still keep it from a minute. */
export interface PendingExceptions {
  /** Minutes at which it never fires. */
  readonly times: readonly TimeOfDay[];
  /** Local dates, YYYY-MM-DD, on which it does not fire at all. */
  readonly dates: readonly string[];
  /** Minutes of single dates. */
  readonly moments: readonly (TimeOfDay & { readonly date: string })[];
  /** How many had a day that is over. */
  readonly expired: number;
}

/**
 * Sorts a schedule's exceptions. pgAgent (pga_next_schedule) compares the date and the time of day for equality with a
 * whole minute: a time with seconds never matches, nor does an exception without a date and a time, or one of infinity.
 * @param days the calendar that the schedule ticks: a date or a time that is not in it takes nothing away
 * @param now milliseconds since 1970 UTC
 */
export function pendingExceptions(
  exceptions: readonly Exception[],
  days: readonly CalendarProduct[],
  zone: Zone,
  now: number,
): PendingExceptions {
  const today = dateOnWall(wallTime(zone, now));
  const times = new Map<string, TimeOfDay>();
  const dates = new Set<string>();
  const moments = new Map<string, TimeOfDay & { date: string }>();
  let expired = 0;
  for (const { date, time } of exceptions) {
    const at = time === null ? null : timeOfDay(time);
    const isOnClock = at === null ? time === null : days.some((product) => hasTime(product, at));
    if (!isOnClock || (date === null && at === null)) continue;
    if (date === null) {
      if (at !== null) times.set(key(at), at);
      continue;
    }
    const start = startOfDate(date);
    if (start === null || !days.some((product) => hasDay(product, dayOnWall(start)))) continue;
    if (isBefore(date, today)) expired += 1;
    else if (at === null) dates.add(date);
    else moments.set(`${date} ${key(at)}`, { ...at, date });
  }
  return {
    times: [...times.values()],
    dates: [...dates].sort(),
    moments: [...moments.values()].filter(({ date, ...at }) => !dates.has(date) && !times.has(key(at))),
    expired,
  };
}

/**
 * The parts of days that exceptions of a date with a time take away: from that minute on, before the next one at which the
 * schedule fires on that day. So a run that starts late is judged by the minute at which it was due.
 * @param clock the hours and minutes of the schedule
 */
export function exceptedStretches(
  { times, moments }: PendingExceptions,
  clock: Pick<CalendarProduct, 'hours' | 'minutes'>,
): readonly Stretch[] {
  const never = new Set(times.map(minuteOfDay));
  const due = clock.hours
    .flatMap((hour) => clock.minutes.map((minute) => minuteOfDay({ hour, minute })))
    .filter((minute) => !never.has(minute));
  const found = moments.map(({ date, ...at }): Stretch => {
    const day = startOfDate(date) ?? 0;
    const minute = minuteOfDay(at);
    const next = due.find((one) => one > minute) ?? MINUTES_A_DAY;
    return { from: day + minute * MINUTE, before: day + next * MINUTE };
  });
  return joined(found.sort((a, b) => a.from - b.from));
}

/** The same stretches, those of one day that follow each other as one. */
function joined(stretches: readonly Stretch[]): readonly Stretch[] {
  const found: Stretch[] = [];
  for (const stretch of stretches) {
    const last = found.at(-1);
    const isNext = last?.before === stretch.from && stretch.from % (MINUTES_A_DAY * MINUTE) !== 0;
    if (last !== undefined && isNext) found[found.length - 1] = { ...last, before: stretch.before };
    else found.push(stretch);
  }
  return found;
}

function minuteOfDay({ hour, minute }: TimeOfDay): number {
  return hour * 60 + minute;
}

function key({ hour, minute }: TimeOfDay): string {
  return `${hour}:${minute}`;
}

function timeOfDay(text: string): TimeOfDay | null {
  const [, hour, minute, seconds] = /^(\d\d):(\d\d):(.+)$/.exec(text) ?? [];
  return seconds === '00' ? { hour: Number(hour), minute: Number(minute) } : null;
}

function hasTime({ hours, minutes }: CalendarProduct, { hour, minute }: TimeOfDay): boolean {
  return hours.includes(hour) && minutes.includes(minute);
}

// Years may have five digits, so the shorter date is the earlier one.
function isBefore(date: string, other: string): boolean {
  return date.length === other.length ? date < other : date.length < other.length;
}
