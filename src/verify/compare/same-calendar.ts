import type { CalendarProduct } from '../../transform/schedule/calendar.ts';
import { type DayRules, MINUTES_A_DAY } from './plain-schedule.ts';

/** A schedule of pgAgent, or a line of a chain: the days that it holds, and the minutes of each, 1 for each that belongs. */
export interface Calendar {
  readonly days: DayRules;
  readonly minutes: Uint8Array;
}

/** As many fit into the bits of a number. */
const MOST_CALENDARS = 30;

const MONTHS = Array.from({ length: 12 }, (_, index) => index + 1);
const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6];
const MONTH_DAYS = Array.from({ length: 31 }, (_, index) => index + 1).flatMap((day) =>
  [false, true].map((isLastOfMonth) => ({ day, isLastOfMonth })),
);

/**
 * Whether both sides have the same minutes on any day that a calendar could have. A day matters only by which of the
 * calendars hold it, so a few kinds of day stand for all; some of these never come, so a "no" proves nothing.
 */
export function areSameOnAnyDay(some: readonly Calendar[], others: readonly Calendar[]): boolean {
  const all = [...some, ...others];
  if (all.length > MOST_CALENDARS) return false;
  const kinds = kindsOf(all);
  const packed = all.map(({ minutes }) => pack(minutes));
  const ofSome = (1 << some.length) - 1;
  return [...kinds].every((kind) => areEqual(union(packed, kind & ofSome), union(packed, kind & ~ofSome)));
}

/** Which calendars may hold a day together, a bit for each. */
function kindsOf(all: readonly Calendar[]): ReadonlySet<number> {
  const held = <T>(values: readonly T[], holds: (days: DayRules, value: T) => boolean): ReadonlySet<number> =>
    new Set(
      values.map((value) =>
        all.reduce((bits, { days }, index) => (holds(days, value) ? bits | (1 << index) : bits), 0),
      ),
    );
  const months = held(MONTHS, (days, month) => days.isMonth(month));
  const weekdays = held(WEEKDAYS, (days, weekday) => days.isWeekday(weekday));
  const monthDays = held(MONTH_DAYS, (days, day) => days.isMonthDay(day));
  const kinds = new Set<number>();
  for (const month of months)
    for (const weekday of weekdays) for (const day of monthDays) kinds.add(month & weekday & day);
  return kinds;
}

/** The days of a line of cron. */
export function daysOfProduct({ months, weekdays, monthDays }: CalendarProduct): DayRules {
  return {
    isMonth: (month) => months.includes(month),
    isWeekday: (weekday) => weekdays.includes(weekday),
    isMonthDay: ({ day }) => monthDays.includes(day),
  };
}

const WORD = 32;

function pack(minutes: Uint8Array): Uint32Array {
  const words = new Uint32Array(MINUTES_A_DAY / WORD);
  for (let minute = 0; minute < MINUTES_A_DAY; minute += 1)
    if (minutes[minute] === 1) words[minute >> 5] = (words[minute >> 5] ?? 0) | (1 << (minute % WORD));
  return words;
}

function union(packed: readonly Uint32Array[], kind: number): Uint32Array {
  const words = new Uint32Array(MINUTES_A_DAY / WORD);
  for (const [index, one] of packed.entries()) {
    if ((kind & (1 << index)) === 0) continue;
    for (let at = 0; at < words.length; at += 1) words[at] = (words[at] ?? 0) | (one[at] ?? 0);
  }
  return words;
}

function areEqual(one: Uint32Array, other: Uint32Array): boolean {
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
}
