import type { Timing } from '../../model/job.ts';
import { remembering } from '../../model/remembering.ts';
import { wallTime, type Zone } from '../../model/zone.ts';
import { dayOnWall, longestLength } from './calendar.ts';

/** A leap year is among these, whatever century begins in them, and so is a common year. */
const MONTHS = 12 * 12;
const JANUARY = 1;
const FEBRUARY = 2;
const LAST_DAY_ELEMENT = 31;

/** A date that no calendar has, such as 31 April. */
export interface MissingDate {
  readonly month: number;
  readonly day: number;
}

/**
 * The first date that does not exist and that pgAgent builds when it looks for the next run, from whatever minute it looks; null where
 * it never does. pga_next_schedule takes the next day ticked for the month in which it looks, without asking whether that month has
 * it; after the last day ticked it takes the first one for the next month, ticked or not. It builds a date before it looks at the end.
 * @param now milliseconds since 1970 UTC
 */
export const missingDate = remembering((timing: Timing, zone: Zone, now: number): MissingDate | null => {
  const days = timing.monthDays
    .slice(0, LAST_DAY_ELEMENT)
    .flatMap((isTicked, index) => (isTicked ? [index + 1] : []));
  const latest = days.at(-1) ?? 0;
  if (latest <= 28) return null;
  const isAnyMonth = !timing.months.includes(true);
  for (const { year, month, lastDay, isOver } of monthsOf(timing, zone, now)) {
    if (!isAnyMonth && timing.months[month - 1] !== true) continue;
    const length = lengthOf(year, month);
    const next = days.find((day) => day >= lastDay);
    if (next !== undefined && next > length) return { month, day: next };
    const isWrapped = next === undefined && timing.monthDays[LAST_DAY_ELEMENT] !== true;
    const [earliest = 0] = days;
    if (month === JANUARY && isWrapped && earliest > lengthOf(year, FEBRUARY))
      return { month: FEBRUARY, day: earliest };
    if (isOver) return null;
  }
  return null;
});

interface Searched {
  readonly year: number;
  readonly month: number;
  /** The last day on which a search may begin; the 1st where it only comes from a month before. */
  readonly lastDay: number;
  /** Whether the first date that is built there is the last one: the end stops the search then. */
  readonly isOver: boolean;
}

/** The months in which pgAgent looks for runs: those up to the end, and after it those up to the first that is ticked. */
function* monthsOf({ start, end }: Timing, zone: Zone, now: number): Generator<Searched> {
  const from = wallTime(zone, Math.max(start, now));
  const to = wallTime(zone, end ?? Infinity);
  const first = new Date(from);
  for (let index = first.getUTCMonth(); from <= to && index < first.getUTCMonth() + MONTHS; index += 1) {
    const year = first.getUTCFullYear() + Math.floor(index / 12);
    const month = (index % 12) + 1;
    const isBehind = Date.UTC(year, month - 1) > to;
    const isOver = Date.UTC(year, month) > to;
    const lastDay = isBehind ? 1 : isOver ? dayOnWall(to).day : lengthOf(year, month);
    yield { year, month, lastDay, isOver };
  }
}

function lengthOf(year: number, month: number): number {
  return month === FEBRUARY ? new Date(Date.UTC(year, month, 0)).getUTCDate() : longestLength(month);
}
