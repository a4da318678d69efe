import { instantsAt, isoInZone, type WallTime, wallTime, type Zone } from '../../model/zone.ts';

export const MINUTE = 60_000;
const DAY = 86_400_000;
const HOUR = 3_600_000;
const DAYS_A_WEEK = 7;
export const HOURS_A_WEEK = 168;

/** Whole weeks from a Monday on, by one wall clock. */
export interface Period {
  readonly zone: Zone;
  readonly weeks: number;
  /** Milliseconds since 1970 UTC. */
  readonly start: number;
  /** Excluded. */
  readonly end: number;
  readonly minutes: number;
  /** The hour of the week that the wall shows in each minute: 0-167, 0 is Monday's first. */
  readonly hourOfWeek: Uint8Array;
}

/** The next full weeks after an instant (milliseconds since 1970 UTC), from Monday to Sunday. */
export function nextFullWeeks(zone: Zone, now: number, weeks: number): Period {
  const wall = wallTime(zone, now);
  const today = Math.floor(wall / DAY) * DAY;
  // The week days of Date begin with Sunday; one that begins at this very instant counts.
  const daysToMonday = (8 - new Date(today).getUTCDay()) % DAYS_A_WEEK;
  const monday = today + daysToMonday * DAY;
  const first = monday < wall ? monday + DAYS_A_WEEK * DAY : monday;
  const start = startOfDay(zone, first);
  const end = startOfDay(zone, first + weeks * DAYS_A_WEEK * DAY);
  return {
    zone,
    weeks,
    start,
    end,
    minutes: (end - start) / MINUTE,
    hourOfWeek: hoursOnWall(zone, start, end),
  };
}

// Clocks that go forward at midnight leave out the first hour of a day.
function startOfDay(zone: Zone, day: WallTime): number {
  for (let wall = day; wall < day + DAY; wall += MINUTE) {
    const [instant] = instantsAt(zone, wall);
    if (instant !== undefined) return instant;
  }
  return day;
}

function hoursOnWall(zone: Zone, start: number, end: number): Uint8Array {
  const hours = new Uint8Array((end - start) / MINUTE);
  const changes = zone.offsets.map(({ from }) => from);
  for (let instant = start; instant < end; ) {
    const wall = wallTime(zone, instant);
    const change = changes.find((one) => one > instant) ?? Infinity;
    const next = Math.min(instant + HOUR - (wall % HOUR), change, end);
    const date = new Date(wall);
    const hourOfWeek = ((date.getUTCDay() + 6) % DAYS_A_WEEK) * 24 + date.getUTCHours();
    hours.fill(hourOfWeek, (instant - start) / MINUTE, (next - start) / MINUTE);
    instant = next;
  }
  return hours;
}

/** The instants within the period at which one of the clocks changes, by the clock of the period. */
export function clockChanges({ zone, start, end }: Period, zones: readonly Zone[]): readonly string[] {
  const found = zones.flatMap(({ offsets }) => offsets.map(({ from }) => from));
  const inside = [...new Set(found)].filter((instant) => start <= instant && instant < end);
  return inside.sort((a, b) => a - b).map((instant) => isoInZone(zone, instant));
}

/** A minute of the period as ISO 8601. */
export function minuteText({ zone, start }: Period, minute: number): string {
  return isoInZone(zone, start + minute * MINUTE);
}
