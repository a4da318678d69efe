import type { CalendarDay, CalendarProduct } from '../../../src/transform/schedule/calendar.ts';
import { span } from '../../job-builders.ts';

/** Every minute there is. */
export const EVERY: CalendarProduct = {
  minutes: span(0, 59),
  hours: span(0, 23),
  monthDays: span(1, 31),
  months: span(1, 12),
  weekdays: span(0, 6),
};

/**
 * Every date on every weekday, once each. 28 years run through each weekday of 1 January, with and without a leap day:
 * all 14 kinds of year.
 */
export const DAYS: readonly CalendarDay[] = [
  ...new Map(
    span(2000, 2027).flatMap((year) =>
      span(0, 365).map((index) => {
        const date = new Date(Date.UTC(year, 0, 1 + index));
        const day = { month: date.getUTCMonth() + 1, day: date.getUTCDate(), weekday: date.getUTCDay() };
        return [`${day.month}-${day.day}-${day.weekday}`, day] as const;
      }),
    ),
  ).values(),
];

/** Whether a day belongs to a product, read off its fields. */
export function isDayOf(product: CalendarProduct, { month, day, weekday }: CalendarDay): boolean {
  return (
    product.months.includes(month) && product.monthDays.includes(day) && product.weekdays.includes(weekday)
  );
}

/** Whether a time of day belongs to a product. */
export function isTimeOf(product: CalendarProduct, hour: number, minute: number): boolean {
  return product.hours.includes(hour) && product.minutes.includes(minute);
}
