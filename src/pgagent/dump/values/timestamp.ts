const SECONDS_A_DAY = 86_400;

/** A moment: whole seconds since 1970 UTC with the microseconds after them, or PostgreSQL's infinities. */
export type Moment = { readonly seconds: number; readonly micros: number } | 'infinity' | '-infinity';

const TIME =
  /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?( BC)?$/;

/** Reads a timestamptz as PostgreSQL writes it with DateStyle ISO, in whatever zone; null for anything else. */
export function momentOf(text: string): Moment | null {
  if (text === 'infinity' || text === '-infinity') return text;
  const found = TIME.exec(text);
  if (!found) return null;
  const part = (place: number): number => Number(found[place] ?? 0);
  const year = found[12] === undefined ? part(1) : 1 - part(1);
  const ahead = part(9) * 3600 + part(10) * 60 + part(11);
  const time = part(4) * 3600 + part(5) * 60 + part(6) - (found[8] === '-' ? -ahead : ahead);
  return {
    seconds: daysOf(year, part(2), part(3)) * SECONDS_A_DAY + time,
    micros: Number((found[7] ?? '').padEnd(6, '0')),
  };
}

/** Milliseconds since 1970 UTC, as `extract(epoch FROM moment)::float8 * 1000` gives them: rounded twice. */
export function millisOf(moment: Moment): number {
  if (moment === 'infinity') return Infinity;
  if (moment === '-infinity') return -Infinity;
  const { seconds, micros } = moment;
  if (micros === 0) return seconds * 1000;
  const decimal =
    seconds < 0 ? `-${-(seconds + 1)}.${sixDigits(1_000_000 - micros)}` : `${seconds}.${sixDigits(micros)}`;
  return Number(decimal) * 1000;
}

/** The text of `moment AT TIME ZONE 'UTC'`. */
export function utcText(moment: Moment): string {
  if (typeof moment === 'string') return moment;
  const days = Math.floor(moment.seconds / SECONDS_A_DAY);
  const seconds = moment.seconds - days * SECONDS_A_DAY;
  const fraction = moment.micros === 0 ? '' : `.${sixDigits(moment.micros).replace(/0+$/, '')}`;
  const { year, month, day } = dateOf(days);
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${String(year > 0 ? year : 1 - year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  const time = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':');
  return `${date} ${time}${fraction}${year > 0 ? '' : ' BC'}`;
}

function sixDigits(micros: number): string {
  return String(micros).padStart(6, '0');
}

// Days since 1970 in the Gregorian calendar, with years that begin in March: Howard Hinnant, "chrono-compatible low-level
// date algorithms". Date ends with the year 275760, PostgreSQL with 294276.
function daysOf(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function dateOf(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}
