import type { Exception, Schedule } from '../../src/model/job.ts';
import { type Chosen, exception, schedule, span } from '../job-builders.ts';

/** Numbers that look random and are the same in every run (mulberry32). */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  /** From 0 to less than 1. */
  roll(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from one to another, both included. */
  between(first: number, last: number): number {
    return first + Math.floor(this.roll() * (last - first + 1));
  }

  happens(probability: number): boolean {
    return this.roll() < probability;
  }

  one<T>(values: readonly T[]): T {
    const value = values[this.between(0, values.length - 1)];
    if (value === undefined) throw new Error('nothing to choose from');
    return value;
  }

  /** So many of the values, in their order. */
  some(values: readonly number[], count: number): readonly number[] {
    const left = [...values];
    while (left.length > count) left.splice(this.between(0, left.length - 1), 1);
    return left;
  }
}

/** Not ticked at all, a few, many, all but one, or all. */
function field(dice: Dice, first: number, last: number, fewest: number): readonly number[] {
  const all = span(first, last);
  const kind = dice.roll();
  if (kind < 0.25) return [];
  if (kind < 0.75) return dice.some(all, dice.between(1, fewest));
  if (kind < 0.9) return dice.some(all, dice.between(1, all.length));
  return dice.some(all, kind < 0.95 ? all.length - 1 : all.length);
}

function days(dice: Dice): Pick<Chosen, 'monthDays' | 'lastDay'> {
  const kind = dice.roll();
  if (kind < 0.2) return { monthDays: [], lastDay: true };
  if (kind < 0.4)
    return { monthDays: dice.some([1, 13, 27, 28, 29, 30, 31], dice.between(1, 4)), lastDay: true };
  if (kind < 0.5) return { monthDays: dice.some(span(26, 31), dice.between(1, 6)) };
  return { monthDays: field(dice, 1, 31, 4), lastDay: dice.happens(0.1) };
}

const MINUTE = 60_000;
const two = (value: number): string => String(value).padStart(2, '0');

/** A schedule, its exceptions and its window, which lie in some years. */
export function randomSchedule(dice: Dice, years: readonly number[], id: number): Schedule {
  const isShort = dice.happens(0.1);
  const hasWindow = !isShort && dice.happens(0.25);
  // A window is no less of a trial for being on a schedule of few minutes, and those are planned sooner.
  const times = hasWindow
    ? {
        minutes: dice.some(span(0, 59), dice.between(1, 3)),
        hours: dice.some(span(0, 23), dice.between(1, 3)),
      }
    : { minutes: field(dice, 0, 59, 4), hours: field(dice, 0, 23, 4) };
  const months = dice.happens(0.15) ? [2] : field(dice, 1, 12, 4);
  const chosen = { ...times, ...days(dice), months, weekdays: field(dice, 0, 6, 3) };
  const exceptions = dice.happens(0.5) ? someExceptions(dice, chosen, years) : [];
  const open = isShort ? shortWindow(dice, years) : hasWindow ? window(dice, years) : {};
  return schedule(chosen, { id, exceptions, ...open });
}

type Window = Pick<Schedule, 'start' | 'end'>;

function window(dice: Dice, years: readonly number[]): Window {
  const [first = 0] = years;
  const last = years.at(-1) ?? first;
  const early = Math.min(last, first + 2);
  const start = dice.happens(0.6) ? near(dice, instant(dice, first, dice.happens(0.95) ? early : last)) : 0;
  const end = dice.happens(0.7) || start === 0 ? near(dice, instant(dice, early, last)) : null;
  return { start, end };
}

const DAY = 1_440 * MINUTE;
const LENGTHS: readonly number[] = [
  10 * MINUTE,
  60 * MINUTE,
  5 * 60 * MINUTE,
  DAY,
  3 * DAY,
  40 * DAY,
  370 * DAY,
];

/** Of minutes up to a year, so that lines are cut: over the end of an hour, a day, a month or a year now and then. */
function shortWindow(dice: Dice, years: readonly number[]): Window {
  const start = near(dice, instant(dice, dice.one(years), dice.one(years)));
  return { start, end: near(dice, start + dice.roll() * dice.one(LENGTHS)) };
}

/** In one of these years or between them. */
function instant(dice: Dice, from: number, to: number): number {
  const first = Date.UTC(Math.min(from, to), 0, 1);
  return Math.floor(first + dice.roll() * (Date.UTC(Math.max(from, to) + 1, 0, 1) - first));
}

/** On the whole minute, a second or a millisecond beside it, or anywhere. */
function near(dice: Dice, at: number): number {
  return dice.happens(0.5) ? Math.floor(at / MINUTE) * MINUTE + dice.one([-1, 0, 1, 1_000, 59_000]) : at;
}

/** Of all three forms; most of them meet minutes that are ticked. */
function someExceptions(dice: Dice, chosen: Chosen, years: readonly number[]): readonly Exception[] {
  const of = (values: readonly number[] | undefined, first: number, last: number): number =>
    values !== undefined && values.length > 0 && dice.happens(0.9)
      ? dice.one(values)
      : dice.between(first, last);
  const time = (): string =>
    `${two(of(chosen.hours, 0, 23))}:${two(of(chosen.minutes, 0, 59))}:${dice.happens(0.95) ? '00' : '30'}`;
  const date = (): string => {
    const [year, month] = [dice.one(years), of(chosen.months, 1, 12)];
    const longest = new Date(Date.UTC(year, month, 0)).getUTCDate();
    const day = dice.happens(0.3) ? longest : Math.min(longest, of(chosen.monthDays, 1, 31));
    return `${dice.happens(0.9) ? year : '2024'}-${two(month)}-${two(day)}`;
  };
  return span(1, dice.between(1, 5)).map(() => {
    const kind = dice.roll();
    if (kind < 0.35) return exception(date(), null);
    if (kind < 0.65) return exception(null, time());
    return kind < 0.98 ? exception(date(), time()) : exception(null, null);
  });
}
