import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  difference,
  differenceOfAll,
  intersection,
  isEmpty,
  union,
} from '../../../src/transform/schedule/algebra.ts';
import type { CalendarProduct } from '../../../src/transform/schedule/calendar.ts';
import { span } from '../../job-builders.ts';
import { runs } from '../../property-runs.ts';
import { DAYS, EVERY } from './every-day.ts';
import { counts, products } from './products.ts';

type Part = Partial<CalendarProduct>;
const of = (part: Part): CalendarProduct => ({ ...EVERY, ...part });

test('the enumeration of the tests holds every date on every weekday, 29 February too', () => {
  assert.equal(DAYS.length, 366 * 7);
});

describe('two products meet in a minute', () => {
  const cases: readonly [string, Part, Part, Part | null][] = [
    ['the same', {}, {}, {}],
    ['minute 0 and minute 5', { minutes: [0] }, { minutes: [5] }, null],
    ['hour 3 and hours 3 and 6', { hours: [3] }, { hours: [3, 6] }, { hours: [3] }],
    ['Sunday and Saturday', { weekdays: [0] }, { weekdays: [6] }, null],
    [
      'the 13th and Friday, on some Friday the 13th',
      { monthDays: [13] },
      { weekdays: [5] },
      { monthDays: [13], weekdays: [5] },
    ],
    ['February and the 30th', { months: [2] }, { monthDays: [30] }, null],
    [
      'February and the 29th, in leap years',
      { months: [2] },
      { monthDays: [29] },
      { months: [2], monthDays: [29] },
    ],
    ['April or May on the 31st, and April', { months: [4, 5], monthDays: [31] }, { months: [4] }, null],
    [
      '29 February on a Monday, in 2044 again',
      { months: [2], monthDays: [29] },
      { weekdays: [1] },
      { months: [2], monthDays: [29], weekdays: [1] },
    ],
  ];
  for (const [name, a, b, expected] of cases) {
    test(name, () => {
      assert.deepEqual(intersection(of(a), of(b)), expected && of(expected));
      assert.deepEqual(intersection(of(b), of(a)), expected && of(expected));
    });
  }
});

describe('a product has no minute', () => {
  const cases: readonly [string, Part, boolean][] = [
    ['every minute', {}, false],
    ['no minute ticked', { minutes: [] }, true],
    ['no hour', { hours: [] }, true],
    ['no month day', { monthDays: [] }, true],
    ['no month', { months: [] }, true],
    ['no weekday', { weekdays: [] }, true],
    ['30 February', { months: [2], monthDays: [30] }, true],
    ['31 April and 31 June', { months: [4, 6], monthDays: [31] }, true],
    ['29 February', { months: [2], monthDays: [29] }, false],
    ['31 April or May', { months: [4, 5], monthDays: [31] }, false],
  ];
  for (const [name, part, expected] of cases) test(name, () => assert.equal(isEmpty(of(part)), expected));
});

test('every minute less one minute of one day of a year: five products, one a field', () => {
  const one = { minutes: [30], hours: [9], monthDays: [25], months: [12], weekdays: [5] };
  assert.deepEqual(difference(EVERY, one), [
    of({ minutes: [...span(0, 29), ...span(31, 59)] }),
    of({ minutes: [30], hours: [...span(0, 8), ...span(10, 23)] }),
    of({ minutes: [30], hours: [9], monthDays: [...span(1, 24), ...span(26, 31)] }),
    of({ minutes: [30], hours: [9], monthDays: [25], months: span(1, 11) }),
    { ...one, weekdays: [0, 1, 2, 3, 4, 6] },
  ]);
});

test('a product less what it does not meet is itself, and less itself nothing', () => {
  const sundays = of({ weekdays: [0] });
  assert.deepEqual(difference(sundays, of({ weekdays: [6] })), [sundays]);
  assert.deepEqual(difference(sundays, sundays), []);
  assert.deepEqual(difference(sundays, EVERY), []);
  assert.deepEqual(difference(of({ months: [2], monthDays: [30] }), of({ months: [3] })), []);
});

const RUNS = runs(60);

test('what two products share is what a walk over every kind of day finds', () => {
  fc.assert(
    fc.property(products, products, (a, b) => {
      const both = intersection(a, b);
      const [inA, inB] = [counts([a]), counts([b])];
      assert.deepEqual(
        counts(both === null ? [] : [both]),
        inA.map((count, index) => count * (inB[index] ?? 0)),
      );
      assert.equal(both === null, !inA.some((count, index) => count * (inB[index] ?? 0) > 0));
    }),
    RUNS,
  );
});

test('a difference has each minute of the first that the second has not, once, in at most five products', () => {
  fc.assert(
    fc.property(products, products, (a, b) => {
      const found = difference(a, b);
      const [inA, inB] = [counts([a]), counts([b])];
      assert.deepEqual(
        counts(found),
        inA.map((count, index) => (inB[index] === 0 ? count : 0)),
      );
      assert.ok(found.length <= 5);
      assert.ok(
        found.every((product) => counts([product]).includes(1)),
        'none is empty',
      );
    }),
    RUNS,
  );
});

test('a union has each minute of any product once', () => {
  fc.assert(
    fc.property(fc.array(products, { maxLength: 4 }), (all) => {
      assert.deepEqual(
        counts(union(all)),
        counts(all).map((count) => Math.min(1, count)),
      );
    }),
    RUNS,
  );
});

test('several products less several others have each minute of the former that none of the latter has', () => {
  const some = fc.array(products, { maxLength: 3 });
  fc.assert(
    fc.property(some, some, (all, others) => {
      const apart = union(all);
      const taken = counts(others);
      assert.deepEqual(
        counts(differenceOfAll(apart, others)),
        counts(apart).map((count, index) => (taken[index] === 0 ? count : 0)),
      );
    }),
    RUNS,
  );
});
