import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  asksForLastDay,
  type CalendarProduct,
  calendarProduct,
  dayOnWall,
  hasAnyDay,
  hasDay,
  hasOnlyLastDay,
} from '../../../src/transform/schedule/calendar.ts';
import { type Chosen, span, ticks } from '../../job-builders.ts';
import { DAYS, EVERY, isDayOf } from './every-day.ts';

const few = (values: readonly number[]): fc.Arbitrary<number[]> =>
  fc.subarray([...values], { minLength: 1, maxLength: 3 });

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
  const cases: readonly [string, Chosen, boolean, boolean][] = [
    ['is not there', {}, false, false],
    ['is not there, but the 31st is', { monthDays: [31] }, false, false],
    ['is not there, but all 31 days are', { monthDays: span(1, 31) }, false, false],
    ['stands alone', { lastDay: true }, true, true],
    ['stands beside the 15th', { monthDays: [15], lastDay: true }, true, false],
    ['stands beside 30 of 31 days', { monthDays: span(1, 30), lastDay: true }, true, false],
    [
      'stands beside all 31 days, so it adds nothing',
      { monthDays: span(1, 31), lastDay: true },
      false,
      false,
    ],
  ];
  for (const [name, chosen, asks, isAlone] of cases) {
    test(name, () => {
      assert.equal(asksForLastDay(ticks(chosen)), asks);
      assert.equal(hasOnlyLastDay(ticks(chosen)), isAlone);
    });
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
        const expected = DAYS.some((day) => isDayOf({ ...EVERY, months, monthDays }, day));
        assert.equal(hasAnyDay(months, monthDays), expected);
      }),
    );
  });
});

test('a moment on the wall is a day of the calendar: Sunday is 0, January 1', () => {
  const cases: readonly [string, { month: number; day: number; weekday: number }][] = [
    ['2026-01-01T00:00Z', { month: 1, day: 1, weekday: 4 }],
    ['2026-11-22T23:59Z', { month: 11, day: 22, weekday: 0 }],
    ['2028-02-29T12:00Z', { month: 2, day: 29, weekday: 2 }],
    ['2022-12-31T00:00Z', { month: 12, day: 31, weekday: 6 }],
  ];
  for (const [text, expected] of cases) assert.deepEqual(dayOnWall(Date.parse(text)), expected);
});

test('a day belongs only where its month, its month day and its weekday all do', () => {
  const product = { ...EVERY, months: [5], monthDays: [13], weekdays: [5] };
  assert.equal(hasDay(product, { month: 5, day: 13, weekday: 5 }), true);
  assert.equal(hasDay(product, { month: 6, day: 13, weekday: 5 }), false);
  assert.equal(hasDay(product, { month: 5, day: 14, weekday: 5 }), false);
  assert.equal(hasDay(product, { month: 5, day: 13, weekday: 4 }), false);
});
