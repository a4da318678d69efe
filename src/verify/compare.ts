import type { Schedule } from '../job.ts';
import { hasDay } from '../transform/schedule/calendar.ts';
import { allHold, type Condition } from '../transform/schedule/condition.ts';
import type { Piece } from '../transform/schedule/firing-set.ts';
import type { LastDay } from '../transform/schedule/schedule-set.ts';
import type { Difference } from '../verdict.ts';
import { instantsAt, startOfDate, type WallTime, wallTime, type Zone } from '../zone.ts';
import { type DatedDay, datedDay, kindsOfDay, sameKind } from './calendar-days.ts';
import { holdsDay, isOpen, MINUTES_A_DAY, minutesOfDay } from './plain-schedule.ts';

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
  const today = startOfDay(wallTime(terms.zone, terms.now));
  const special = specialDays(sides, terms.zone).filter((day) => day > today);
  const found = differencesOnDay(datedDay(today), sides, terms);
  let from = today + DAY;
  for (const day of [...special, Infinity]) {
    const usual = day > from ? differencesOnKinds(from, day, sides, terms) : [];
    found.push(...usual, ...(day === Infinity ? [] : differencesOnDay(datedDay(day), sides, terms)));
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
  const dates = [
    ...schedules.flatMap(({ exceptions }) => exceptions.flatMap(({ date }) => date ?? [])),
    ...pieces.flatMap(({ conditions }) => conditions.flatMap(datesOf)),
  ];
  const days = [
    ...instants.map((instant) => startOfDay(wallTime(zone, instant))),
    ...dates.flatMap((date) => startOfDate(date) ?? []),
  ];
  return [...new Set(days)].sort((a, b) => a - b);
}

function instantsOf(condition: Condition): readonly number[] {
  if (condition.kind === 'not') return instantsOf(condition.condition);
  return condition.kind === 'from' || condition.kind === 'before' ? [condition.instant] : [];
}

function datesOf(condition: Condition): readonly string[] {
  if (condition.kind === 'not') return datesOf(condition.condition);
  return condition.kind === 'not-on' ? condition.dates : [];
}

/** Compares each minute of a day, from now on. */
function differencesOnDay(day: DatedDay, { schedules, pieces }: Sides, terms: Terms): Differing[] {
  const ticked = schedules
    .filter((schedule) => holdsDay(schedule, day, terms.lastDay))
    .map((schedule) => ({ schedule, minutes: minutesOfDay(schedule) }));
  const due = pieces.filter(({ product }) => hasDay(product, day));
  const found: Differing[] = [];
  for (let minute = 0; minute < MINUTES_A_DAY; minute += 1) {
    const wall = day.wall + minute * MINUTE;
    const [instant] = instantsAt(terms.zone, wall);
    if (instant === undefined || instant <= terms.now) continue;
    const moment = { instant, wall };
    const inPgAgent = ticked.some(
      ({ schedule, minutes }) => minutes[minute] === 1 && isOpen(schedule, moment),
    );
    const inTimetable = due.some((piece) => hasMinute(piece, minute) && allHold(piece.conditions, moment));
    if (inPgAgent !== inTimetable) found.push({ wall, inPgAgent });
  }
  return found;
}

function hasMinute({ product }: Piece, minute: number): boolean {
  return product.hours.includes(Math.floor(minute / 60)) && product.minutes.includes(minute % 60);
}

/** Compares days on which no date, start or end falls, so that each schedule and each chain is open or shut all day. */
function differencesOnKinds(
  from: WallTime,
  before: WallTime,
  sides: Sides,
  terms: Terms,
): readonly Differing[] {
  const grids = sides.schedules.map(minutesOfDay);
  const pieceGrids = sides.pieces.map(gridOf);
  const known = new Map<string, readonly [number, boolean][]>();
  const found: Differing[] = [];
  for (const day of kinds(from, before)) {
    const noon = day.wall + DAY / 2;
    const moment = { wall: noon, instant: instantsAt(terms.zone, noon)[0] ?? noon };
    const open = sides.schedules.map(
      (schedule) => holdsDay(schedule, day, terms.lastDay) && isOpen({ ...schedule, exceptions: [] }, moment),
    );
    const due = sides.pieces.map(
      ({ product, conditions }) => hasDay(product, day) && allHold(conditions, moment),
    );
    const key = `${open} ${due}`;
    const minutes = known.get(key) ?? compareGrids(chosen(grids, open), chosen(pieceGrids, due));
    known.set(key, minutes);
    found.push(...onClocks(day, minutes, before, terms.zone));
  }
  return found;
}

/** The first of the minutes on that day; one that clocks pass over there, on the next day of its kind that shows it. */
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

/** The first day of the kind on which clocks show the minute: going forward they pass over some. */
function firstOnClock(day: DatedDay, minute: number, before: WallTime, zone: Zone): WallTime | null {
  const shows = ({ wall }: DatedDay): boolean => instantsAt(zone, wall + minute * MINUTE).length > 0;
  const first = shows(day) ? day : sameKind(day, before).find(shows);
  return first === undefined ? null : first.wall + minute * MINUTE;
}

function gridOf(piece: Piece): Uint8Array {
  return Uint8Array.from({ length: MINUTES_A_DAY }, (_, minute) => (hasMinute(piece, minute) ? 1 : 0));
}

function chosen(grids: readonly Uint8Array[], which: readonly boolean[]): readonly Uint8Array[] {
  return grids.filter((_, index) => which[index] === true);
}

/** The minutes that only one side has, with whether that is pgAgent. */
function compareGrids(
  pgAgent: readonly Uint8Array[],
  timetable: readonly Uint8Array[],
): readonly [number, boolean][] {
  const found: [number, boolean][] = [];
  for (let minute = 0; minute < MINUTES_A_DAY; minute += 1) {
    const inPgAgent = pgAgent.some((grid) => grid[minute] === 1);
    if (inPgAgent !== timetable.some((grid) => grid[minute] === 1)) found.push([minute, inPgAgent]);
  }
  return found;
}

function shown({ wall, inPgAgent }: Differing): Difference {
  return {
    minute: new Date(wall).toISOString().replace(/:\d\d\.\d+Z$/, ''),
    firesIn: inPgAgent ? 'pgAgent' : 'pg_timetable',
  };
}
