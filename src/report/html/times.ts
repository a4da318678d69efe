const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
const HOURS_A_DAY = 24;
export const WEEKDAYS: readonly string[] = DAYS;

/** `2026-11-30 02:00 +01:00` of ISO 8601, with the day of the week in front. */
export function timeText(iso: string): string {
  const day = (new Date(iso.slice(0, 10)).getUTCDay() + 6) % DAYS.length;
  return `${DAYS[day]?.slice(0, 3) ?? ''} ${iso.replace('T', ' ').replace(/:\d\d(?:\.\d+)?([+-]|Z)/, ' $1')}`;
}

/** `Sunday 02 h` of an hour of the week, 0 being Monday's first. */
export function hourText(hourOfWeek: number): string {
  return `${DAYS[Math.floor(hourOfWeek / HOURS_A_DAY)]} ${twoDigits(hourOfWeek % HOURS_A_DAY)} h`;
}

export function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}

/**
 * Hours of the week in few words: days that have the same hours are named together.
 * @param hours ascending
 */
export function hoursText(hours: readonly number[]): string {
  const byHours = new Map<string, number[]>();
  for (let day = 0; day < DAYS.length; day += 1) {
    const own = hours.filter((hour) => Math.floor(hour / HOURS_A_DAY) === day);
    if (own.length === 0) continue;
    const text = ranges(own.map((hour) => hour % HOURS_A_DAY)).map(([from, to]) =>
      from === to ? `${twoDigits(from)} h` : `${twoDigits(from)}–${twoDigits(to)} h`,
    );
    const key = own.length === HOURS_A_DAY ? 'all day' : text.join(', ');
    byHours.set(key, [...(byHours.get(key) ?? []), day]);
  }
  return [...byHours].map(([text, days]) => `${daysText(days)} ${text}`).join('; ');
}

function daysText(days: readonly number[]): string {
  return ranges(days)
    .map(([from, to]) => (from === to ? DAYS[from] : `${DAYS[from]}–${DAYS[to]}`))
    .join(', ');
}

function ranges(numbers: readonly number[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return found;
}
