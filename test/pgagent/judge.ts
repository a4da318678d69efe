import type { Schedule } from '../../src/model/job.ts';
import { span, ticks } from '../job-builders.ts';
import { holdsMinute, utcMinute } from '../transform/schedule/plain-reading.ts';
import { type Period, type Replayed, type Stuck, shown, startOf } from './replay.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Every minute that the plain reading holds. What a minute must fulfil is a conjunction: days and times of day that
 * fail a part of it need not be asked minute by minute.
 */
export function dueMinutes(one: Schedule, { from, to }: Period): readonly number[] {
  const byDate = { ...one, minutes: [], hours: [], exceptions: [], start: -Infinity, end: null };
  const byTime = { ...byDate, ...ticks(), minutes: one.minutes, hours: one.hours };
  const times = span(0, 1439).map((minute) => minute * MINUTE);
  const timesOfDay = times.filter((time) => holdsMinute(byTime, utcMinute(time)));
  const first = startOf(DAY, from);
  const days = span(0, Math.floor((to - first) / DAY)).map((day) => first + day * DAY);
  return days
    .filter((day) => holdsMinute(byDate, utcMinute(day)))
    .flatMap((day) => timesOfDay.map((time) => day + time))
    .filter((at) => at >= from && at <= to && holdsMinute(one, utcMinute(at)));
}

/** In what pgAgent is known to differ from the plain reading, see FACTS.md 1. */
export type Defect =
  /** It builds a date such as 31 February, and its function fails. */
  | 'nonexistent-date'
  /** Nothing can fire any more, and its function does not end. */
  | 'endless-search'
  /** In an hour later than the one that the search begins in, it begins with the minute that the search begins with. */
  | 'minute-search'
  /** With nothing ticked but week days, it passes over the minute that the search begins with. */
  | 'every-second-minute';

/** A minute that is due and was looked for, but was passed over for a later one or for none. */
export interface PassedOver {
  readonly at: number;
  /** The first minute of that search: the one after the minute in which the next run was computed. */
  readonly sought: number;
}

export interface Verdict {
  readonly passedOver: readonly PassedOver[];
  /** How many due minutes each defect cost; of those that stop the job, all until the end of the period. */
  readonly defects: ReadonlyMap<Defect, number>;
  /** What none of them explains. */
  readonly strange: readonly string[];
}

/** Holds what pgAgent did against the plain reading. */
export function judge(one: Schedule, within: Period, replayed: Replayed, runMinutes: number): Verdict {
  const due = dueMinutes(one, within);
  const { fired, stuck } = replayed;
  const searches = searchesOf(one, within, fired, runMinutes);
  const passedOver = searches
    .filter(({ found }) => found !== null || stuck === null)
    .flatMap(({ sought, found }) => between(due, sought, found ?? Infinity).map((at) => ({ at, sought })));
  const lost = stuck === null ? [] : between(due, searches.at(-1)?.sought ?? within.from, Infinity);

  const known = new Set(due);
  const strange = fired.filter((at) => !known.has(at)).map((at): string | null => `${shown(at)} is not due`);
  const defects = new Map<Defect, number>();
  if (stuck !== null) {
    defects.set(stuck.kind === 'endless' ? 'endless-search' : 'nonexistent-date', lost.length);
    strange.push(strangeStuck(one, stuck, lost));
  }
  if (passedOver.length > 0 && isAlmostEmpty(one)) {
    defects.set('every-second-minute', passedOver.length);
    strange.push(strangeEmptySearch(passedOver));
  } else if (passedOver.length > 0) {
    defects.set('minute-search', passedOver.length);
    strange.push(...passedOver.map(strangeMinuteSearch), strangeHours(passedOver));
  }
  return { passedOver, defects, strange: strange.filter((text) => text !== null) };
}

interface Search {
  readonly sought: number;
  /** Null where it found nothing, within the period. */
  readonly found: number | null;
}

// What is due while the job runs is in no search: pgAgent never runs a job beside itself.
function searchesOf(one: Schedule, { from }: Period, fired: readonly number[], runMinutes: number): Search[] {
  const begin = Math.max(from, startOf(MINUTE, one.start));
  const starts = [begin, ...fired.map((at) => at + (runMinutes + 1) * MINUTE)];
  return starts.map((sought, index) => ({ sought, found: fired[index] ?? null }));
}

/** Those from the first instant on and before the other. */
function between(ascending: readonly number[], first: number, end: number): readonly number[] {
  return ascending.slice(countBelow(ascending, first), countBelow(ascending, end));
}

function countBelow(ascending: readonly number[], bound: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? Infinity) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Week days are not asked: pgAgent does not count them when it decides that nothing is ticked. */
export function isAlmostEmpty({ minutes, hours, monthDays, months }: Schedule): boolean {
  return [minutes, hours, monthDays, months].every((ticked) => !ticked.includes(true));
}

/** Why it is no known defect that pgAgent got stuck here, or null where it is one. */
function strangeStuck(one: Schedule, stuck: Stuck, lost: readonly number[]): string | null {
  if (stuck.kind === 'endless')
    return lost[0] === undefined ? null : `endless search, though ${shown(lost[0])} is due`;
  const [, year = 0, month = 0, day = 0] = (
    /^date\/time field value out of range: "(\d+)-(\d+)-(\d+) \d+:\d+"$/.exec(stuck.error) ?? []
  ).map(Number);
  if (day < 29 || one.monthDays[day - 1] !== true) return `${stuck.error}: no month day that is ticked`;
  if (day <= new Date(Date.UTC(year, month, 0)).getUTCDate()) return `${stuck.error}: this date exists`;
  const [early] = lost.filter((at) => at < Date.UTC(year, month, 1));
  return early === undefined ? null : `${stuck.error}: before that month ends, ${shown(early)} is due`;
}

/** It may pass over another minute with each exception, but goes on in steps of two. */
function strangeEmptySearch(passedOver: readonly PassedOver[]): string | null {
  const adjacent = passedOver.find(({ at }, index) => passedOver[index + 1]?.at === at + MINUTE);
  return adjacent === undefined ? null : `two minutes in a row are passed over from ${shown(adjacent.at)} on`;
}

function strangeMinuteSearch({ at, sought }: PassedOver): string | null {
  const isLaterHour = startOf(HOUR, at) > startOf(HOUR, sought);
  if (isLaterHour && at % HOUR < sought % HOUR) return null;
  return `${shown(at)} is passed over by the search from ${shown(sought)} on`;
}

/** A search passes over minutes of one hour only. */
function strangeHours(passedOver: readonly PassedOver[]): string | null {
  const hours = new Map<number, number>();
  for (const { at, sought } of passedOver) {
    const hour = hours.get(sought) ?? startOf(HOUR, at);
    if (hour !== startOf(HOUR, at)) return `${shown(at)} is in a second hour that is passed over`;
    hours.set(sought, hour);
  }
  return null;
}
