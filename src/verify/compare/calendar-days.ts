import type { WallTime } from '../../model/zone.ts';
import { dayOnWall } from '../../transform/schedule/calendar.ts';
import type { Day } from './plain-schedule.ts';

const DAY = 86_400_000;
/** In as many years every one of the 14 kinds of year comes, even around 2100, which is no leap year. */
const YEARS = 41;

/** A day of the calendar at its wall time. */
export interface DatedDay extends Day {
  readonly wall: WallTime;
}

export function datedDay(wall: WallTime): DatedDay {
  const day = dayOnWall(wall);
  return { ...day, wall, isLastOfMonth: dayOnWall(wall + DAY).day === 1 };
}

/**
 * Of the days from one on, before another, the first one of each kind: month, day, week day, and whether it ends its
 * month. That is all that a schedule and a chain can know of a day, so what holds for these holds for all.
 */
export function kindsOfDay(from: WallTime, before: WallTime): readonly DatedDay[] {
  const kinds = new Map<number, DatedDay>();
  const end = Math.min(before, from + YEARS * 366 * DAY);
  for (let wall = from; wall < end; wall += DAY) {
    const day = datedDay(wall);
    const kind = kindOf(day);
    if (!kinds.has(kind)) kinds.set(kind, day);
  }
  return [...kinds.values()];
}

function kindOf({ month, day, weekday, isLastOfMonth }: Day): number {
  return ((month * 32 + day) * 7 + weekday) * 2 + (isLastOfMonth ? 1 : 0);
}

/** The later days of the kind of a day, before another. */
export function sameKind(day: DatedDay, before: WallTime): readonly DatedDay[] {
  const end = Math.min(before, day.wall + YEARS * 366 * DAY);
  const found: DatedDay[] = [];
  for (let wall = day.wall + DAY; wall < end; wall += DAY) {
    const other = datedDay(wall);
    if (kindOf(other) === kindOf(day)) found.push(other);
  }
  return found;
}
