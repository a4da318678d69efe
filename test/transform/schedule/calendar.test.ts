import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  asksForLastDay,
  type CalendarProduct,
  calendarProduct,
  hasAnyDay,
  namesMissingDay,
  overlap,
} from '../../../src/transform/schedule/calendar.ts';
import { type Chosen, span, ticks } from '../../job-builders.ts';

const EVERY: CalendarProduct = {
  minutes: span(0, 59),
  hours: span(0, 23),
  monthDays: span(1, 31),
  months: span(1, 12),
  weekdays: span(0, 6),
};

interface Day {
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
}

// 2000 to 2027 hold all 14 kinds of year: 28 years run through each weekday of 1 January, with and without a leap day.
const YEARS = span(2000, 2027);
const DAYS: readonly Day[] = [
  ...new Map(
    YEARS.flatMap((year) =>
      span(0, 365).map((index) => {
        const date = new Date(Date.UTC(year, 0, 1 + index));
        const day = { month: date.getUTCMonth() + 1, day: date.getUTCDate(), weekday: date.getUTCDay() };
        return [`${day.month}-${day.day}-${day.weekday}`, day] as const;
      }),
    ),
  ).values(),
];

const hasDay = (product: CalendarProduct, { month, day, weekday }: Day): boolean =>
  product.months.includes(month) && product.monthDays.includes(day) && product.weekdays.includes(weekday);

const pick = (values: readonly number[]): fc.Arbitrary<number[]> =>
  fc.subarray([...values], { minLength: 1 });
const few = (values: readonly number[]): fc.Arbitrary<number[]> =>
  fc.subarray([...values], { minLength: 1, maxLength: 3 });

test('the enumeration holds every date on every weekday, 29 February too', () => {
  assert.equal(DAYS.length, 366 * 7);
});

describe('what was ticked', () => {
  const cases: readonly [string, Chosen, Partial<CalendarProduct>][] = [
    ['nothing is any value', {}, {}],
    [
      'one value of each',
      { minutes: [0], hours: [23], weekdays: [0], monthDays: [31], months: [12] },
      {
        minutes: [0],
        hours: [23],
        weekdays: [0],
        monthDays: [31],
        months: [12],
      },
    ],
    ['all 31 days and the last day are every day', { monthDays: span(1, 31), lastDay: true }, {}],
    [
      'all elements of every array',
      {
        minutes: span(0, 59),
        hours: span(0, 23),
        weekdays: span(0, 6),
        monthDays: span(1, 31),
        months: span(1, 12),
      },
      {},
    ],
  ];
  for (const [name, chosen, expected] of cases) {
    test(name, () => assert.deepEqual(calendarProduct(ticks(chosen)), { ...EVERY, ...expected }));
  }
});

describe('the last-day flag', () => {
  const cases: readonly [string, Chosen, boolean][] = [
    ['is not there', {}, false],
    ['is not there, but the 31st is', { monthDays: [31] }, false],
    ['is not there, but all 31 days are', { monthDays: span(1, 31) }, false],
    ['stands alone', { lastDay: true }, true],
    ['stands beside the 15th', { monthDays: [15], lastDay: true }, true],
    ['stands beside 30 of 31 days', { monthDays: span(1, 30), lastDay: true }, true],
    ['stands beside all 31 days, so it adds nothing', { monthDays: span(1, 31), lastDay: true }, false],
  ];
  for (const [name, chosen, expected] of cases) {
    test(name, () => assert.equal(asksForLastDay(ticks(chosen)), expected));
  }
});

describe('whether a day exists', () => {
  const cases: readonly [string, readonly number[], readonly number[], boolean][] = [
    ['30 February never', [2], [30], false],
    ['31 February never', [2], [31], false],
    ['30 and 31 February never', [2], [30, 31], false],
    ['29 February does', [2], [29], true],
    ['31 April never', [4], [31], false],
    ['the 31st of April and June never', [4, 6], [31], false],
    ['the 31st of all five short months never', [2, 4, 6, 9, 11], [31], false],
    ['the 31st of April and May does', [4, 5], [31], true],
    ['30 April does', [4], [30], true],
    ['the 30th of February and March does', [2, 3], [30], true],
    ['31 December does', [12], [31], true],
  ];
  for (const [name, months, monthDays, expected] of cases) {
    test(name, () => assert.equal(hasAnyDay(months, monthDays), expected));
  }

  test('for all months and month days it is what the calendar says', () => {
    fc.assert(
      fc.property(few(EVERY.months), few([1, 28, 29, 30, 31]), (months, monthDays) => {
        const expected = DAYS.some((day) => hasDay({ ...EVERY, months, monthDays }, day));
        assert.equal(hasAnyDay(months, monthDays), expected);
      }),
    );
  });
});

describe('a day that a month lacks', () => {
  const cases: readonly [string, readonly number[], readonly number[], boolean][] = [
    ['28 of any month', span(1, 12), [28], false],
    ['29 February in a common year', [2], [29], true],
    ['29 January', [1], [29], false],
    ['the 30th of any month', span(1, 12), [30], true],
    ['the 30th of April and May', [4, 5], [30], false],
    ['31 May', [5], [31], false],
    ['the 31st of April and May', [4, 5], [31], true],
    ['the 1st and the 31st of June', [6], [1, 31], true],
    ['every day of any month names none in particular', span(1, 12), span(1, 31), false],
  ];
  for (const [name, months, monthDays, expected] of cases) {
    test(name, () => assert.equal(namesMissingDay({ ...EVERY, months, monthDays }), expected));
  }
});

describe('two schedules of one job meet in a minute', () => {
  const cases: readonly [string, Partial<CalendarProduct>, Partial<CalendarProduct>, boolean][] = [
    ['the same', {}, {}, true],
    ['minute 0 and minute 5', { minutes: [0] }, { minutes: [5] }, false],
    ['hour 3 and hours 3 and 6', { hours: [3] }, { hours: [3, 6] }, true],
    ['Sunday and Saturday', { weekdays: [0] }, { weekdays: [6] }, false],
    ['the 13th and Friday, on some Friday the 13th', { monthDays: [13] }, { weekdays: [5] }, true],
    ['February and the 30th', { months: [2] }, { monthDays: [30] }, false],
    ['February and the 29th, in leap years', { months: [2] }, { monthDays: [29] }, true],
    ['April or May on the 31st, and April', { months: [4, 5], monthDays: [31] }, { months: [4] }, false],
    ['29 February on a Monday, in 2044 again', { months: [2], monthDays: [29] }, { weekdays: [1] }, true],
  ];
  for (const [name, a, b, expected] of cases) {
    test(name, () => {
      assert.equal(overlap({ ...EVERY, ...a }, { ...EVERY, ...b }), expected);
      assert.equal(overlap({ ...EVERY, ...b }, { ...EVERY, ...a }), expected);
    });
  }

  test('as a walk over every kind of year finds', () => {
    const product = fc.record({
      minutes: few([0, 1, 30]),
      hours: few([0, 12, 23]),
      monthDays: few([1, 13, 28, 29, 30, 31]),
      months: pick([1, 2, 4, 12]),
      weekdays: few(EVERY.weekdays),
    });
    fc.assert(
      fc.property(product, product, (a, b) => {
        const meet =
          DAYS.some((day) => hasDay(a, day) && hasDay(b, day)) &&
          span(0, 23).some((hour) => a.hours.includes(hour) && b.hours.includes(hour)) &&
          span(0, 59).some((minute) => a.minutes.includes(minute) && b.minutes.includes(minute));
        assert.equal(overlap(a, b), meet);
      }),
      { numRuns: 400 },
    );
  });
});
