import { instantsAt, nearby, type WallTime, wallTime, type Zone } from '../../model/zone.ts';
import type { CalendarProduct } from './calendar.ts';
import { allHold, daysNamed, endOf, holds, type Moment, startOf } from './condition.ts';
import type { FiringSet, Piece } from './firing-set.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A 29 February that is a Friday comes once in 28 years, around 2100 once in 40. */
const MOST_YEARS = 41;

/**
 * The next minutes at which a set of minutes comes due after an instant, the earliest first. A minute that clocks going back repeat comes twice, as
 * pg_timetable runs it (measured).
 * @param after milliseconds since 1970 UTC
 */
export function nextRuns(set: FiringSet, zone: Zone, after: number, count: number): readonly Moment[] {
  const found = set.flatMap((piece) => take(runsOf(piece, zone, after), count));
  return found.sort((a, b) => a.instant - b.instant).slice(0, count);
}

function take<T>(items: Iterable<T>, count: number): T[] {
  const taken: T[] = [];
  if (count <= 0) return taken;
  for (const item of items) {
    taken.push(item);
    if (taken.length >= count) break;
  }
  return taken;
}

/** How many minutes come due between two instants, the first excluded, the last included. */
export function countRuns(set: FiringSet, zone: Zone, after: number, until: number): number {
  return set.reduce((sum, piece) => sum + countPiece(piece, zone, after, until), 0);
}

function countPiece(piece: Piece, zone: Zone, after: number, until: number): number {
  const { hours, minutes } = piece.product;
  const end = Math.min(until, (endOf(piece.conditions) ?? Infinity) - 1);
  const start = Math.max(after, startOf(piece.conditions) - 1);
  const named = new Set(daysNamed(piece.conditions));
  let count = 0;
  for (const day of daysOf(piece.product, wallTime(zone, start), wallTime(zone, end))) {
    const edges = named.has(day) ? null : plainEdges(zone, day);
    const [first, last] = edges ?? [];
    const isInside = first !== undefined && first.instant > start && (last?.instant ?? Infinity) <= end;
    if (edges && isShut(piece, edges)) continue;
    if (isInside && edges?.every((moment) => allHold(piece.conditions, moment)))
      count += hours.length * minutes.length;
    else
      count += [...runsOfDay(piece, zone, day)].filter(
        ({ instant }) => start < instant && instant <= end,
      ).length;
  }
  return count;
}

/**
 * The first and the last minute of a day on which each minute comes once, else null. What a condition that does not name
 * the day says at both of them it says on the whole day.
 */
export function plainEdges(zone: Zone, day: WallTime): readonly [Moment, Moment] | null {
  const [first, second] = instantsAt(zone, day);
  const [last, another] = instantsAt(zone, day + DAY - MINUTE);
  if (first === undefined || last === undefined || second !== undefined || another !== undefined) return null;
  if (last - first !== DAY - MINUTE) return null;
  return [
    { instant: first, wall: day },
    { instant: last, wall: day + DAY - MINUTE },
  ];
}

/** Whether nothing of a piece runs between the edges of a plain day: a condition that fails at both fails all day long. */
export function isShut({ conditions }: Piece, edges: readonly Moment[]): boolean {
  return conditions.some((condition) => edges.every((moment) => !holds(condition, moment)));
}

function* runsOf(piece: Piece, zone: Zone, after: number): Generator<Moment> {
  const start = wallTime(zone, Math.max(after, startOf(piece.conditions) - 1));
  const end = wallTime(zone, endOf(piece.conditions) ?? Infinity);
  const named = new Set(daysNamed(piece.conditions));
  for (const day of daysOf(piece.product, start, Math.min(end, start + MOST_YEARS * 366 * DAY))) {
    const edges = piece.conditions.length === 0 || named.has(day) ? null : plainEdges(zone, day);
    if (edges && isShut(piece, edges)) continue;
    for (const moment of runsOfDay(piece, zone, day, start)) if (moment.instant > after) yield moment;
  }
}

/** The days of a product between two wall times, from the day before on: clocks that went back may show it again. */
function* daysOf({ months, ...product }: CalendarProduct, from: WallTime, to: WallTime): Generator<WallTime> {
  const first = new Date(from - DAY);
  for (let month = first.getUTCMonth(), year = first.getUTCFullYear(); ; month += 1) {
    const start = new Date(0).setUTCFullYear(year, month, 1);
    if (start > to) return;
    const inYear = new Date(start).getUTCMonth();
    if (!months.includes(inYear + 1)) continue;
    for (const monthDay of product.monthDays) {
      const day = start + (monthDay - 1) * DAY;
      const date = new Date(day);
      if (date.getUTCMonth() !== inYear || day > to || day < from - 2 * DAY) continue;
      if (product.weekdays.includes(date.getUTCDay())) yield day;
    }
  }
}

/** The runs of one day, from a wall time on, in the order in which they come; all of them where a change of clocks is near. */
function* runsOfDay(piece: Piece, zone: Zone, day: WallTime, from = -Infinity): Generator<Moment> {
  const near = nearby(zone, day - 2 * DAY, day + 2 * DAY);
  if (hasRepeatedTime(near, day)) {
    yield* [...minutesOfDay(piece, near, day, -Infinity)].sort((a, b) => a.instant - b.instant);
  } else {
    yield* minutesOfDay(piece, near, day, from);
  }
}

function hasRepeatedTime({ offsets }: Zone, day: WallTime): boolean {
  return offsets.some(({ from, seconds }) => Math.abs(from + seconds * 1000 - day) < 2 * DAY);
}

function* minutesOfDay(
  { product, conditions }: Piece,
  zone: Zone,
  day: WallTime,
  from: WallTime,
): Generator<Moment> {
  for (const hour of product.hours) {
    if (day + (hour + 1) * HOUR <= from) continue;
    for (const minute of product.minutes) {
      const wall = day + hour * HOUR + minute * MINUTE;
      if (wall < from) continue;
      for (const instant of instantsAt(zone, wall)) {
        if (allHold(conditions, { instant, wall })) yield { instant, wall };
      }
    }
  }
}
