const UNITS: readonly (readonly [RegExp, number])[] = [
  [/(-?\d+) years?/, 365.25 * 86_400],
  [/(-?\d+) mons?/, 30 * 86_400],
  [/(-?\d+) days?/, 86_400],
];
const TIME = /([+-]?)(\d+):(\d\d):(\d\d(?:\.\d+)?)/;

/** Milliseconds of an interval as PostgreSQL writes it with IntervalStyle postgres; null for no interval. Months are about right. */
export function intervalMillis(text: string): number | null {
  const time = TIME.exec(text);
  const counts = UNITS.map(([unit, seconds]) => Number(unit.exec(text)?.[1] ?? 0) * seconds);
  if (time === null && !/ (?:year|mon|day)/.test(text)) return null;
  const [, sign, hours, minutes, seconds] = time ?? [];
  const ofDay = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  return (counts.reduce((sum, one) => sum + one, 0) + (sign === '-' ? -ofDay : ofDay)) * 1000;
}
