import fc from 'fast-check';
import type { CalendarProduct } from '../../../src/transform/schedule/calendar.ts';
import { DAYS, EVERY, isDayOf, isTimeOf } from './every-day.ts';

const some = (values: readonly number[]): fc.Arbitrary<number[]> =>
  fc.subarray([...values], { minLength: 1 });

/** Products that meet often: few values out of few, days that some months lack among them. */
export const products: fc.Arbitrary<CalendarProduct> = fc.record(
  {
    minutes: some([0, 1, 30]),
    hours: some([0, 12, 23]),
    monthDays: some([1, 13, 28, 29, 30, 31]),
    months: some([1, 2, 4, 12]),
    weekdays: fc.oneof(some(EVERY.weekdays), fc.constant([...EVERY.weekdays])),
  },
  { noNullPrototype: true },
);

/** The times that the products above can hold, and one that they cannot. */
const TIMES = [0, 5, 12, 23].flatMap((hour) => [0, 1, 2, 30].map((minute) => ({ hour, minute })));
/** The days that they can hold, and some that they cannot. */
const POSSIBLE = DAYS.filter(({ month, day }) => [1, 2, 3, 4, 12].includes(month) && (day < 3 || day > 12));

/** How many of the products hold each minute, day after day: POSSIBLE x TIMES numbers. */
export function counts(all: readonly CalendarProduct[]): readonly number[] {
  const times = all.map((product) => TIMES.map(({ hour, minute }) => isTimeOf(product, hour, minute)));
  return POSSIBLE.flatMap((day) => {
    const here = times.filter((_, index) => all.slice(index, index + 1).some((one) => isDayOf(one, day)));
    return TIMES.map((_, index) => here.filter((time) => time[index]).length);
  });
}
