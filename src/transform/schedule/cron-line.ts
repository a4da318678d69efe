import type { CalendarProduct } from './calendar.ts';

interface FieldRange {
  readonly first: number;
  /** Where `*` and an open step end: 7 for the week day, which is Sunday again. */
  readonly last: number;
}

const MINUTE: FieldRange = { first: 0, last: 59 };
const HOUR: FieldRange = { first: 0, last: 23 };
const MONTH_DAY: FieldRange = { first: 1, last: 31 };
const MONTH: FieldRange = { first: 1, last: 12 };
const WEEKDAY: FieldRange = { first: 0, last: 7 };

/**
 * A product as text of the domain timetable.cron: minute, hour, day of month, month, day of week.
 * Both day fields must hold, as in pgAgent (timetable.is_cron_in_time), so each is written by itself.
 */
export function cronLine(product: CalendarProduct): string {
  return [
    shortest(forms(product.minutes, MINUTE)),
    shortest(forms(product.hours, HOUR)),
    shortest(forms(product.monthDays, MONTH_DAY)),
    shortest(forms(product.months, MONTH)),
    shortest(weekdayForms(product.weekdays)),
  ].join(' ');
}

// The earlier form wins between equals: a reader knows a range or a list sooner than a step.
function shortest(candidates: readonly string[]): string {
  return candidates.reduce((best, candidate) => (candidate.length < best.length ? candidate : best));
}

/** Every form that the domain allows for these ascending values: `*`, `a-b`, a list, and open steps. */
function forms(values: readonly number[], range: FieldRange): readonly string[] {
  const [start = range.first, next] = values;
  const end = values.at(-1) ?? start;
  const found: string[] = [];
  if (values.length === range.last - range.first + 1) found.push('*');
  if (values.length > 1 && end - start === values.length - 1) found.push(`${start}-${end}`);
  found.push(values.join(','));
  if (next === undefined) return found;
  const step = next - start;
  const isOpenStep =
    values.every((value, index) => value === start + index * step) && end + step > range.last;
  if (isOpenStep && start === range.first) found.push(`*/${step}`);
  if (isOpenStep) found.push(`${start}/${step}`);
  return found;
}

// Sunday is 0 and 7, so a week day set has two readings: 5-7 is Friday to Sunday.
function weekdayForms(weekdays: readonly number[]): readonly string[] {
  if (weekdays.length === 7) return ['*'];
  const found = forms(weekdays, WEEKDAY);
  return weekdays.includes(0) ? [...found, ...forms([...weekdays.slice(1), 7], WEEKDAY)] : found;
}
