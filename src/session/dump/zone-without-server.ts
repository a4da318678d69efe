import type { Zone, ZoneOffset } from '../../model/zone.ts';

const DAY = 86_400_000;
const DAYS_AFTER = 30 * 366;

/**
 * The rules of a time zone as Node holds them, where no server is asked: from some days before `now` to 30 years after it.
 * Two changes that undo each other within one day of UTC are not seen.
 * @param name of IANA, in upper or lower case
 * @param now milliseconds since 1970 UTC
 * @returns null where Node knows no such zone
 */
export function zoneWithoutServer(name: string, now: number, daysBefore: number): Zone | null {
  const offset = offsetsOf(name);
  if (offset === null) return null;
  const first = (Math.floor(now / DAY) - daysBefore) * DAY;
  const offsets: ZoneOffset[] = [{ from: -Infinity, seconds: offset(first) }];
  for (let day = first; day < first + (daysBefore + DAYS_AFTER) * DAY; day += DAY)
    offsets.push(...changesIn(offset, day, day + DAY));
  const isName = (one: string): boolean => one.toLowerCase() === name.toLowerCase();
  return { name: Intl.supportedValuesOf('timeZone').find(isName) ?? name, offsets };
}

type Offset = (instant: number) => number;

/** The changes between two instants, each to the second. */
function changesIn(offset: Offset, since: number, until: number): readonly ZoneOffset[] {
  const seconds = offset(until);
  if (offset(since) === seconds) return [];
  if (until - since <= 1_000) return [{ from: until, seconds }];
  const middle = since + Math.floor((until - since) / 2_000) * 1_000;
  return [...changesIn(offset, since, middle), ...changesIn(offset, middle, until)];
}

/** Seconds east of UTC at an instant. */
function offsetsOf(name: string): Offset | null {
  if (!/^[a-z]/i.test(name)) return null;
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    return (instant) => {
      const [, sign, hours, minutes, seconds = 0] =
        /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(format.format(instant)) ?? [];
      if (sign === undefined) return 0;
      const east = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
      return sign === '-' ? -east : east;
    };
  } catch {
    return null;
  }
}
