const SECONDS_A_DAY = 86_400;
const MICROS = 1_000_000n;

/** A moment: microseconds since 1970 UTC, or PostgreSQL's infinities. */
export type Moment = bigint | 'infinity' | '-infinity';

const TIME =
  /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?( BC)?$/;

/** Reads a timestamptz as PostgreSQL writes it with DateStyle ISO, in whatever zone; null for anything else. */
export function momentOf(text: string): Moment | null {
  if (text === 'infinity' || text === '-infinity') return text;
  const found = TIME.exec(text);
  if (!found) return null;
  const [, year, month, day, hours, minutes, seconds, fraction = '', sign, ...offset] = found;
  const [offsetHours = 0, offsetMinutes = 0, offsetSeconds = 0] = offset
    .slice(0, 3)
    .map((part) => Number(part ?? 0));
  const astronomical = found[12] === undefined ? Number(year) : 1 - Number(year);
  const east = (sign === '-' ? -1 : 1) * (offsetHours * 3600 + offsetMinutes * 60 + offsetSeconds);
  const time = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) - east;
  const whole = daysOf(astronomical, Number(month), Number(day)) * SECONDS_A_DAY + time;
  return BigInt(whole) * MICROS + BigInt(fraction.padEnd(6, '0'));
}

/** Milliseconds since 1970 UTC, as `extract(epoch ...)::float8 * 1000` gives them. */
export function millisOf(moment: Moment): number {
  if (moment === 'infinity') return Infinity;
  if (moment === '-infinity') return -Infinity;
  const magnitude = moment < 0n ? -moment : moment;
  const seconds = Number(`${magnitude / MICROS}.${String(magnitude % MICROS).padStart(6, '0')}`);
  return (moment < 0n ? -seconds : seconds) * 1000;
}

/** The text of `moment AT TIME ZONE 'UTC'`. */
export function utcText(moment: Moment): string {
  if (typeof moment !== 'bigint') return moment;
  const days = floorDivide(moment, BigInt(SECONDS_A_DAY) * MICROS);
  const rest = moment - days * BigInt(SECONDS_A_DAY) * MICROS;
  const seconds = Number(rest / MICROS);
  const fraction = String(rest % MICROS)
    .padStart(6, '0')
    .replace(/0+$/, '');
  const { year, month, day } = dateOf(Number(days));
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${String(year > 0 ? year : 1 - year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${date} ${time}${fraction === '' ? '' : `.${fraction}`}${year > 0 ? '' : ' BC'}`;
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
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
