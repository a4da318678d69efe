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
    fieldText(product.minutes, MINUTE),
    fieldText(product.hours, HOUR),
    fieldText(product.monthDays, MONTH_DAY),
    fieldText(product.months, MONTH),
    fieldText(product.weekdays, WEEKDAY),
  ].join(' ');
}

const LEAST_STEP_FROM_LOWEST = 3;
const LEAST_RANGE = 3;
const LONGEST_LIST = 4;

/** One field as a person would write it: the first of the forms that fits and that the domain accepts. */
function fieldText(values: readonly number[], range: FieldRange): string {
  const isAny = values.length === (range === WEEKDAY ? 7 : range.last - range.first + 1);
  if (isAny) return '*';
  const [start = range.first, next = start] = values;
  const isOpenStep = isStepToEnd(values, range);
  if (isOpenStep && start === range.first && values.length >= LEAST_STEP_FROM_LOWEST)
    return `*/${next - start}`;
  const found = rangeText(values) ?? (range === WEEKDAY ? rangeText(withSundayLast(values)) : null);
  if (found !== null) return found;
  return isOpenStep && values.length > LONGEST_LIST ? `${start}/${next - start}` : values.join(',');
}

/** Whether `a/n` means these values: it goes on to the end of the field. */
function isStepToEnd(values: readonly number[], { last }: FieldRange): boolean {
  const [start = 0, next = start] = values;
  const step = next - start;
  return values.every((value, index) => value === start + index * step) && (values.at(-1) ?? 0) + step > last;
}

function rangeText(values: readonly number[]): string | null {
  const [start = 0] = values;
  const end = values.at(-1) ?? start;
  return values.length >= LEAST_RANGE && end - start === values.length - 1 ? `${start}-${end}` : null;
}

// Sunday is 0 and 7: Friday to Sunday is 5-7.
function withSundayLast(weekdays: readonly number[]): readonly number[] {
  return weekdays[0] === 0 ? [...weekdays.slice(1), 7] : weekdays;
}
