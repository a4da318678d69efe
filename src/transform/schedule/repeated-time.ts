import { remembering } from '../../model/remembering.ts';
import {
  instantsAt,
  nearby,
  type RepeatedStretch,
  repeatedStretches,
  type WallTime,
  type Zone,
} from '../../model/zone.ts';
import { dayOnWall, hasDay } from './calendar.ts';
import { allHold } from './condition.ts';
import type { FiringSet, Piece } from './firing-set.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * The next stretch of the wall's time that daylight saving repeats and in which a set of minutes comes due; pg_timetable
 * runs each of them twice then (measured).
 */
export const nextRepeated = remembering(
  (set: FiringSet, zone: Zone, now: number): RepeatedStretch | null =>
    repeatedStretches(zone, now).find((stretch) => isDueIn(set, zone, stretch)) ?? null,
);

/** Its first minute that comes the second time has come the first time too: its window may open between the two. */
function isDueIn(set: FiringSet, zone: Zone, { start, end, instant }: RepeatedStretch): boolean {
  const near = nearby(zone, start, end);
  const isDue = (wall: WallTime, at: number): boolean =>
    set.some((piece) => hasMinute(piece, wall) && allHold(piece.conditions, { wall, instant: at }));
  const walls = set.flatMap((piece) => minutesWithin(piece, start, end)).sort((a, b) => a - b);
  const first = walls.find((wall) => isDue(wall, instant + wall - start));
  const [before] = first === undefined ? [] : instantsAt(near, first);
  return first !== undefined && before !== undefined && isDue(first, before);
}

function minutesWithin({ product }: Piece, start: WallTime, end: WallTime): readonly WallTime[] {
  const found: WallTime[] = [];
  for (let day = Math.floor(start / DAY) * DAY; day < end; day += DAY) {
    // Most schedules rest in that hour, which is quicker to tell than the date.
    const hours = product.hours.filter((hour) => day + hour * HOUR < end && day + (hour + 1) * HOUR > start);
    if (hours.length === 0 || !hasDay(product, dayOnWall(day))) continue;
    for (const hour of hours)
      found.push(...product.minutes.map((minute) => day + hour * HOUR + minute * MINUTE));
  }
  return found.filter((wall) => start <= wall && wall < end);
}

function hasMinute({ product }: Piece, wall: WallTime): boolean {
  const date = new Date(wall);
  return (
    product.minutes.includes(date.getUTCMinutes()) &&
    product.hours.includes(date.getUTCHours()) &&
    hasDay(product, dayOnWall(wall))
  );
}
