import { remembering } from './remembering.ts';

/** What a clock on the wall shows in one time zone, by the rules that a PostgreSQL server holds for it. */
export interface Zone {
  /** As PostgreSQL names it. */
  readonly name: string;
  /** Ascending; the first begins at -Infinity, each lasts until the next one begins. */
  readonly offsets: readonly ZoneOffset[];
}

export interface ZoneOffset {
  /** Milliseconds since 1970 UTC. */
  readonly from: number;
  /** East of UTC; whole minutes in any zone of today. */
  readonly seconds: number;
}

/** The zone without rules. */
export const UTC: Zone = { name: 'UTC', offsets: [{ from: -Infinity, seconds: 0 }] };

/**
 * A moment as the wall shows it: milliseconds since 1970 as if the wall showed UTC, so that Date's UTC functions
 * read year, month, day, hour and minute from it.
 */
export type WallTime = number;

/** The wall's date, YYYY-MM-DD. */
export function dateOnWall(wall: WallTime): string {
  return new Date(wall).toISOString().slice(0, -14).replace(/^\+0*/, '');
}

/** The beginning of a date, YYYY-MM-DD; null for what is no date of our era. */
export function startOfDate(date: string): WallTime | null {
  const [, year, month, day] = /^(\d{4,6})-(\d\d)-(\d\d)$/.exec(date) ?? [];
  return year === undefined ? null : new Date(0).setUTCFullYear(Number(year), Number(month) - 1, Number(day));
}

/** An instant as ISO 8601 with the zone's own offset: 2027-03-28T03:30:00+02:00. */
export function isoInZone(zone: Zone, instant: number): string {
  const wall = wallTime(zone, instant);
  const minutes = Math.round((wall - instant) / 60_000);
  const two = (value: number): string => String(Math.trunc(value)).padStart(2, '0');
  const offset = `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
  return `${new Date(wall).toISOString().replace(/\.\d+Z$/, '')}${offset}`;
}

/** What the wall shows at an instant (milliseconds since 1970 UTC). */
export function wallTime({ offsets }: Zone, instant: number): WallTime {
  return instant + (offsets[offsetAt(offsets, instant)]?.seconds ?? 0) * 1000;
}

/** The place of the offset that an instant falls under; -1 before the first one. */
function offsetAt(offsets: readonly ZoneOffset[], instant: number): number {
  let [low, high] = [-1, offsets.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((offsets[middle]?.from ?? Infinity) <= instant) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** No wall is further from UTC: PostgreSQL reads offsets of up to 167 hours (getsecs in localtime.c). */
const FARTHEST = 7 * 86_400_000;
/** So many rules are looked through at once. */
const FEW = 3;

/** The same clock where only what it shows from one instant or time on the wall to another is of interest: fewer rules to look through. */
export function nearby(zone: Zone, from: number, to: number): Zone {
  if (zone.offsets.length <= FEW) return zone;
  const first = Math.max(0, offsetAt(zone.offsets, from - FARTHEST));
  return { ...zone, offsets: zone.offsets.slice(first, offsetAt(zone.offsets, to + FARTHEST) + 1) };
}

/** The earliest and the latest minute that the wall shows from an instant on, before another. */
export function wallsBetween({ offsets }: Zone, from: number, before: number): [WallTime, WallTime] {
  const walls = offsets.flatMap(({ from: since, seconds }, index) => {
    const first = Math.max(since, from);
    const last = Math.min(offsets[index + 1]?.from ?? Infinity, before) - 60_000;
    return first <= last ? [first + seconds * 1000, last + seconds * 1000] : [];
  });
  return [Math.min(...walls), Math.max(...walls)];
}

/** The instants at which the wall shows a time: one as a rule, none when clocks go forward over it, two when they go back. */
export function instantsAt(zone: Zone, wall: WallTime): readonly number[] {
  const { offsets } = nearby(zone, wall, wall);
  return offsets.flatMap(({ from, seconds }, index) => {
    const instant = wall - seconds * 1000;
    return from <= instant && instant < (offsets[index + 1]?.from ?? Infinity) ? instant : [];
  });
}

/** A stretch of the wall's time that is shown twice, the end excluded. */
export interface RepeatedStretch {
  readonly start: WallTime;
  readonly end: WallTime;
  /** The instant at which it begins for the second time. */
  readonly instant: number;
}

/** The stretches that clocks going back repeat, from an instant on. */
export const repeatedStretches = remembering(({ offsets }: Zone, from: number): readonly RepeatedStretch[] =>
  offsets.flatMap((offset, index) => {
    const before = offsets[index - 1];
    if (before === undefined || offset.from < from || before.seconds <= offset.seconds) return [];
    return [
      {
        start: offset.from + offset.seconds * 1000,
        end: offset.from + before.seconds * 1000,
        instant: offset.from,
      },
    ];
  }),
);
