import { type CalendarProduct, hasAnyDay } from './calendar.ts';

/** The five fields of a cron line, in its order. */
export const FIELDS = ['minutes', 'hours', 'monthDays', 'months', 'weekdays'] as const;

const common = (a: readonly number[], b: readonly number[]): readonly number[] =>
  a.filter((value) => b.includes(value));
const rest = (a: readonly number[], b: readonly number[]): readonly number[] =>
  a.filter((value) => !b.includes(value));

/** Whether no minute of any year belongs: a field without a value, or only days that do not exist. */
export function isEmpty(product: CalendarProduct): boolean {
  return FIELDS.some((field) => product[field].length === 0) || !hasAnyDay(product.months, product.monthDays);
}

/** The minutes that belong to both, or null where there are none. */
export function intersection(a: CalendarProduct, b: CalendarProduct): CalendarProduct | null {
  const both: CalendarProduct = {
    minutes: common(a.minutes, b.minutes),
    hours: common(a.hours, b.hours),
    monthDays: common(a.monthDays, b.monthDays),
    months: common(a.months, b.months),
    weekdays: common(a.weekdays, b.weekdays),
  };
  return isEmpty(both) ? null : both;
}

/** The minutes of `a` that are none of `b`'s, as at most five products that share no minute. */
export function difference(a: CalendarProduct, b: CalendarProduct): readonly CalendarProduct[] {
  if (intersection(a, b) === null) return isEmpty(a) ? [] : [a];
  const found: CalendarProduct[] = [];
  let shared = a;
  for (const field of FIELDS) {
    found.push({ ...shared, [field]: rest(a[field], b[field]) });
    shared = { ...shared, [field]: common(a[field], b[field]) };
  }
  return found.filter((product) => !isEmpty(product));
}

/** The minutes of any of these, as products that share no minute. */
export function union(products: readonly CalendarProduct[]): readonly CalendarProduct[] {
  const found: CalendarProduct[] = [];
  for (const product of products) found.push(...differenceOfAll([product], found));
  return found;
}

/** The minutes of the first ones that none of the second ones has, as products that share no minute. */
export function differenceOfAll(
  products: readonly CalendarProduct[],
  others: readonly CalendarProduct[],
): readonly CalendarProduct[] {
  return others.reduce((left, other) => left.flatMap((product) => difference(product, other)), products);
}
