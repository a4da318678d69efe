import type { Timing } from '../../model/job.ts';
import { startOfDate, wallTime, type Zone } from '../../model/zone.ts';
import { differenceOfAll, isEmpty } from './algebra.ts';
import {
  asksForLastDay,
  type CalendarProduct,
  calendarProduct,
  hasOnlyLastDay,
  longestLength,
} from './calendar.ts';
import type { Condition } from './condition.ts';
import {
  exceptedStretches,
  type PendingExceptions,
  pendingExceptions,
  type TimeOfDay,
} from './exceptions.ts';
import { type FiringSet, fewestPieces, type Piece } from './firing-set.ts';
import { withoutNeedlessDates } from './needed-conditions.ts';

/** `keep`: the last-day flag beside other days says nothing, as under pgAgent; `honor`: it says what was ticked. */
export type LastDay = 'keep' | 'honor';

const MINUTE = 60_000;
const DAY = 86_400_000;
const FEBRUARY = 2;
/** Beyond this a Date ends, and so do PostgreSQL's times soon after. */
export const LATEST_INSTANT = 8.64e15 - 86_400_000;

/** What a schedule says, and how much of it is over. */
export interface ScheduleSet {
  readonly set: FiringSet;
  readonly exceptions: PendingExceptions;
}

/**
 * The minutes at which a schedule fires: what was ticked, less its exceptions, within its window. In the fewest pieces that
 * the search finds, and of these only those have conditions that need them.
 * @param now milliseconds since 1970 UTC: what is over by then is left out
 */
export function scheduleSet(timing: Timing, lastDay: LastDay, zone: Zone, now: number): ScheduleSet {
  const days = dayPieces(timing, lastDay);
  const products = days.map(({ product }) => product);
  const exceptions = withinWindow(pendingExceptions(timing.exceptions, products, zone, now), timing, zone);
  const shared: readonly Condition[] = [
    { kind: 'not-on', dates: exceptions.dates },
    { kind: 'not-at', stretches: exceptedStretches(exceptions, calendarProduct(timing)) },
    ...windowOf(timing, now),
  ];
  const pieces = days.flatMap(({ product, conditions }) =>
    withoutTimes(product, exceptions.times).map((left) => ({
      product: left,
      conditions: [...conditions, ...shared],
    })),
  );
  return { set: fewestPieces(pieces).map(withoutNeedlessDates), exceptions };
}

function dayPieces(timing: Timing, lastDay: LastDay): FiringSet {
  return tickedDays(timing, lastDay).filter(({ product }) => !isEmpty(product));
}

function tickedDays(timing: Timing, lastDay: LastDay): FiringSet {
  const product = calendarProduct(timing);
  if (!asksForLastDay(timing)) return [{ product, conditions: [] }];
  if (hasOnlyLastDay(timing)) return lastDays(product);
  if (lastDay === 'keep') return [{ product, conditions: [] }];
  const more = lastDays(product).flatMap((piece) =>
    differenceOfAll([piece.product], [product]).map((left) => ({ ...piece, product: left })),
  );
  return [{ product, conditions: [] }, ...more.map(withoutNeedlessCondition)];
}

/**
 * The last days of the months of a product. A day that a month lacks never comes, so the 31st needs no list of months;
 * 29 February is a last day whenever it comes, the 28th unless the year is a leap year.
 */
function lastDays(product: CalendarProduct): FiringSet {
  const thirty = product.months.filter((month) => longestLength(month) === 30);
  const february = product.months.filter((month) => month === FEBRUARY);
  return [
    { product: { ...product, monthDays: [31] }, conditions: [] },
    { product: { ...product, monthDays: [30], months: thirty }, conditions: [] },
    {
      product: { ...product, monthDays: [28, 29], months: february },
      conditions: [{ kind: 'not-leap-eve' }],
    },
  ];
}

// Once the 28th is ticked by itself, only the 29th is left, and that needs no guard.
function withoutNeedlessCondition(piece: Piece): Piece {
  return piece.product.monthDays.includes(28) ? piece : { ...piece, conditions: [] };
}

export function cutToMinute(instant: number): number {
  return Math.floor(instant / MINUTE) * MINUTE;
}

/**
 * The start of a schedule if it is to come, and its end. pgAgent (pga_next_schedule) cuts the start to the minute and takes the
 * end to the second, both inclusive.
 */
export function windowOf({ start, end }: Timing, now: number): readonly Condition[] {
  const window: Condition[] = [];
  const first = cutToMinute(start);
  if (first > now) window.push({ kind: 'from', instant: first });
  if (end !== null && end < LATEST_INSTANT)
    window.push({ kind: 'before', instant: cutToMinute(end) + MINUTE });
  return window;
}

// A date on which the schedule has not begun or is over needs no guard of its own.
function withinWindow(found: PendingExceptions, { start, end }: Timing, zone: Zone): PendingExceptions {
  const isInside = (date: string): boolean => {
    const day = startOfDate(date) ?? 0;
    return day + DAY > wallTime(zone, start) && day <= wallTime(zone, end ?? Infinity);
  };
  return {
    ...found,
    dates: found.dates.filter(isInside),
    moments: found.moments.filter(({ date }) => isInside(date)),
  };
}

function withoutTimes(product: CalendarProduct, times: readonly TimeOfDay[]): readonly CalendarProduct[] {
  const taken = times.map(({ hour, minute }) => ({
    ...product,
    hours: product.hours.filter((one) => one === hour),
    minutes: product.minutes.filter((one) => one === minute),
  }));
  return differenceOfAll([product], taken);
}
