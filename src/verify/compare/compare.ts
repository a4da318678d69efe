import type { Schedule } from '../../model/job.ts';
import { remembering } from '../../model/remembering.ts';
import type { Difference } from '../../model/verdict.ts';
import { instantsAt, nearby, startOfDate, type WallTime, wallTime, type Zone } from '../../model/zone.ts';
import { allHold, type Condition, daysNamed, type Moment } from '../../transform/schedule/condition.ts';
import type { Piece } from '../../transform/schedule/firing-set.ts';
import type { LastDay } from '../../transform/schedule/schedule-set.ts';
import { type DatedDay, datedDay, kindsOfDay, sameKind } from './calendar-days.ts';
import { daysOf, holdsDay, isOpen, MINUTES_A_DAY, minutesOfDay } from './plain-schedule.ts';
import { areSameOnAnyDay, type Calendar, daysOfProduct } from './same-calendar.ts';

const MINUTE = 60_000;
const DAY = MINUTES_A_DAY * MINUTE;
const MOST_SHOWN = 3;

/** When each side runs a job. */
export interface Sides {
  /** The schedules that pgAgent fires. */
  readonly schedules: readonly Schedule[];
  /** The minutes at which chains run its steps. */
  readonly pieces: readonly Piece[];
}

/** Both sides with their days and the minutes of a usual one: laid out once for all days. */
interface Grids {
  readonly schedules: readonly (Calendar & { readonly schedule: Schedule })[];
  readonly pieces: readonly (Calendar & { readonly piece: Piece })[];
}

/** A minute at which only one side runs the job. */
interface Differing {
  readonly wall: WallTime;
  readonly inPgAgent: boolean;
}

/** What both sides are read by. */
export interface Terms {
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  readonly zone: Zone;
  readonly lastDay: LastDay;
}

/** Days shared by all jobs that name no date: found once. */
const KINDS = new Map<string, readonly DatedDay[]>();

/**
 * The first minutes from now on at which only one side runs the job; none means that there is none, ever: days that a
 * date, a start or an end is about are compared minute by minute, and between them one day of each kind that comes.
 */
export function firstDifferences(sides: Sides, terms: Terms): readonly Difference[] {
  const key = contentOf(sides, terms);
  const known = PROOFS.get(key);
  if (known !== undefined) return known;
  const found = findDifferences(sides, terms);
  if (PROOFS.size < MOST_PROOFS) PROOFS.set(key, found);
  return found;
}

/** What was found for sides of the same content: many jobs have the same schedules. Nothing is driven out. */
const PROOFS = new Map<string, readonly Difference[]>();
const MOST_PROOFS = 5_000;

/** All that `findDifferences` depends on, as text; a start that is over says nothing any more. */
function contentOf({ schedules, pieces }: Sides, { now, zone, lastDay }: Terms): string {
  const bits = (elements: readonly boolean[]): string => elements.map(Number).join('');
  const ticks = schedules.map((one) => [
    ...[one.minutes, one.hours, one.weekdays, one.monthDays, one.months].map(bits),
    one.start <= now ? null : one.start,
    one.end,
    one.exceptions.map(({ date, time }) => [date, time]),
  ]);
  return JSON.stringify([zone.name, zone.offsets.length, now, lastDay, ticks, pieces]);
}

function findDifferences(sides: Sides, terms: Terms): readonly Difference[] {
  const today = startOfDay(wallTime(terms.zone, terms.now));
  const special = specialDays(sides, terms.zone).filter((day) => day > today);
  const grids: Grids = {
    schedules: sides.schedules.map((schedule) => ({
      schedule,
      days: daysOf(schedule, terms.lastDay),
      minutes: minutesOfDay(schedule),
    })),
    pieces: sides.pieces.map((piece) => ({
      piece,
      days: daysOfProduct(piece.product),
      minutes: gridOf(piece),
    })),
  };
  const found = differencesOnDay(datedDay(today), grids, terms);
  let from = today + DAY;
  for (const day of [...special, Infinity]) {
    const usual = day > from ? differencesOnKinds(from, day, grids, terms) : [];
    found.push(...usual, ...(day === Infinity ? [] : differencesOnDay(datedDay(day), grids, terms)));
    from = day + DAY;
  }
  return found
    .sort((a, b) => a.wall - b.wall)
    .slice(0, MOST_SHOWN)
    .map(shown);
}

function startOfDay(wall: WallTime): WallTime {
  return Math.floor(wall / DAY) * DAY;
}

function kinds(from: WallTime, before: WallTime): readonly DatedDay[] {
  const key = `${from} ${before}`;
  const known = KINDS.get(key) ?? kindsOfDay(from, before);
  if (before === Infinity && KINDS.size < 10) KINDS.set(key, known);
  return known;
}

/** The days that a date, a start or an end on either side is about, ascending. */
function specialDays({ schedules, pieces }: Sides, zone: Zone): readonly WallTime[] {
  const instants = [
    ...schedules.flatMap(({ start, end }) => [start, end ?? Infinity]),
    ...pieces.flatMap(({ conditions }) => conditions.flatMap(instantsOf)),
  ].filter(Number.isFinite);
  const dates = schedules.flatMap(({ exceptions }) => exceptions.flatMap(({ date }) => date ?? []));
  const days = [
    ...instants.map((instant) => startOfDay(wallTime(zone, instant))),
    ...dates.flatMap((date) => startOfDate(date) ?? []),
    ...pieces.flatMap(({ conditions }) => daysNamed(conditions)),
  ];
  return [...new Set(days)].sort((a, b) => a - b);
}

function instantsOf(condition: Condition): readonly number[] {
  if (condition.kind === 'not') return instantsOf(condition.condition);
  return condition.kind === 'from' || condition.kind === 'before' ? [condition.instant] : [];
}

/** Compares each minute of a day, from now on. */
function differencesOnDay(day: DatedDay, { schedules, pieces }: Grids, terms: Terms): Differing[] {
  const ticked = schedules.filter(({ days }) => holdsDay(days, day));
  const due = pieces.filter(({ days }) => holdsDay(days, day));
  const all = [...ticked, ...due];
  const instants = instantsOfDay(terms.zone, day.wall);
  const found: Differing[] = [];
  for (let minute = 0; minute < MINUTES_A_DAY; minute += 1) {
    const instant = instants[minute];
    if (instant === undefined || instant <= terms.now) continue;
    if (!all.some(({ minutes }) => minutes[minute] === 1)) continue;
    const wall = day.wall + minute * MINUTE;
    const moment = { instant, wall };
    const inPgAgent = ticked.some(
      ({ schedule, minutes }) => minutes[minute] === 1 && isOpen(schedule, moment),
    );
    const inTimetable = due.some(
      ({ piece, minutes }) => minutes[minute] === 1 && allHold(piece.conditions, moment),
    );
    if (inPgAgent !== inTimetable) found.push({ wall, inPgAgent });
  }
  return found;
}

/** When each minute of a day comes first; nothing for one that clocks skip. */
const instantsOfDay = remembering((zone: Zone, day: WallTime): readonly (number | undefined)[] => {
  const near = nearby(zone, day, day + DAY);
  return Array.from({ length: MINUTES_A_DAY }, (_, minute) => instantsAt(near, day + minute * MINUTE)[0]);
});

/** Compares days on which no date, start or end falls, so that each schedule and each chain is open or shut all day. */
function differencesOnKinds(
  from: WallTime,
  before: WallTime,
  { schedules, pieces }: Grids,
  terms: Terms,
): readonly Differing[] {
  const first = datedDay(from);
  const opened = schedules.filter(({ schedule }) =>
    isOpen({ ...schedule, exceptions: [] }, noonOf(first, terms.zone)),
  );
  const isGuarded = pieces.some(({ piece }) => piece.conditions.length > 0);
  if (!isGuarded && areSameOnAnyDay(opened, pieces)) return [];
  const due = pieces.map(({ piece }) => dueOn(piece, terms.zone));
  const known = new Map<string, readonly [number, boolean][]>();
  const found: Differing[] = [];
  for (const day of kinds(from, before)) {
    let key = '';
    for (const { days } of opened) key += holdsDay(days, day) ? 1 : 0;
    for (const isDue of due) key += isDue(day) ? 1 : 0;
    const minutes = known.get(key) ?? compareGrids([...opened, ...pieces], key, opened.length);
    known.set(key, minutes);
    if (minutes.length > 0) found.push(...onClocks(day, minutes, before, terms.zone));
  }
  return found;
}

/** Whether a chain may run on a day, by its line and by its guard. */
function dueOn({ product, conditions }: Piece, zone: Zone): (day: DatedDay) => boolean {
  const months = new Set(product.months);
  const monthDays = new Set(product.monthDays);
  const weekdays = new Set(product.weekdays);
  return (day) =>
    months.has(day.month) &&
    monthDays.has(day.day) &&
    weekdays.has(day.weekday) &&
    (conditions.length === 0 || allHold(conditions, noonOf(day, zone)));
}

function noonOf({ wall }: DatedDay, zone: Zone): Moment {
  const noon = wall + DAY / 2;
  return { wall: noon, instant: instantsAt(zone, noon)[0] ?? noon };
}

/** The first of the minutes on that day; one that clocks skip there, on the next day of its kind that shows it. */
function onClocks(
  day: DatedDay,
  minutes: readonly (readonly [number, boolean])[],
  before: WallTime,
  zone: Zone,
): readonly Differing[] {
  const found: Differing[] = [];
  let onDay = 0;
  for (const [minute, inPgAgent] of minutes) {
    const wall = firstOnClock(day, minute, before, zone);
    if (wall !== null) found.push({ wall, inPgAgent });
    if (wall === day.wall + minute * MINUTE) onDay += 1;
    if (onDay >= MOST_SHOWN) break;
  }
  return found;
}

/** The first day of the kind on which clocks show the minute: going forward they skip some. */
function firstOnClock(day: DatedDay, minute: number, before: WallTime, zone: Zone): WallTime | null {
  const shows = ({ wall }: DatedDay): boolean => instantsAt(zone, wall + minute * MINUTE).length > 0;
  const first = shows(day) ? day : sameKind(day, before).find(shows);
  return first === undefined ? null : first.wall + minute * MINUTE;
}

function gridOf({ product }: Piece): Uint8Array {
  const grid = new Uint8Array(MINUTES_A_DAY);
  for (const hour of product.hours) for (const minute of product.minutes) grid[hour * 60 + minute] = 1;
  return grid;
}

/**
 * The minutes that only one side has, with whether that is pgAgent.
 * @param grids of pgAgent's schedules, then of the chains
 * @param key 1 for each of these that counts
 * @param count how many are pgAgent's
 */
function compareGrids(
  grids: readonly { readonly minutes: Uint8Array }[],
  key: string,
  count: number,
): readonly [number, boolean][] {
  const sides = new Uint8Array(MINUTES_A_DAY);
  for (const [index, { minutes }] of grids.entries()) {
    if (key[index] !== '1') continue;
    const side = index < count ? 1 : 2;
    for (let minute = 0; minute < MINUTES_A_DAY; minute += 1)
      if (minutes[minute] === 1) sides[minute] = (sides[minute] ?? 0) | side;
  }
  const found: [number, boolean][] = [];
  for (const [minute, side] of sides.entries())
    if (side === 1 || side === 2) found.push([minute, side === 1]);
  return found;
}

function shown({ wall, inPgAgent }: Differing): Difference {
  return {
    minute: new Date(wall).toISOString().replace(/:\d\d\.\d+Z$/, ''),
    firesIn: inPgAgent ? 'pgAgent' : 'pg_timetable',
  };
}
