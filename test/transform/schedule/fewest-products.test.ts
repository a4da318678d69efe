import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { differenceOfAll, union } from '../../../src/transform/schedule/algebra.ts';
import type { CalendarProduct } from '../../../src/transform/schedule/calendar.ts';
import { cronLine } from '../../../src/transform/schedule/cron-line.ts';
import { fewestProducts } from '../../../src/transform/schedule/fewest-products.ts';
import { span } from '../../job-builders.ts';
import { runs } from '../../property-runs.ts';
import { EVERY } from './every-day.ts';
import { counts, products } from './products.ts';

type Part = Partial<CalendarProduct>;
const of = (part: Part): CalendarProduct => ({ ...EVERY, ...part });
const without = (...points: readonly Part[]): readonly CalendarProduct[] =>
  differenceOfAll([EVERY], points.map(of));

describe('the fewest products, worked out by hand', () => {
  const cases: readonly [string, readonly CalendarProduct[], number][] = [
    ['nothing', [], 0],
    ['one', [EVERY], 1],
    // All other hours at any minute; that hour at all other minutes.
    ['every minute but 09:30', without({ hours: [9], minutes: [30] }), 2],
    [
      'every minute but 09:30 and 10:15: two hours of their own, and the rest',
      without({ hours: [9], minutes: [30] }, { hours: [10], minutes: [15] }),
      3,
    ],
    [
      'every minute but 09:30 and 09:45: one hour of its own',
      without({ hours: [9], minutes: [30] }, { hours: [9], minutes: [45] }),
      2,
    ],
    [
      'every minute but 09:30 and 10:30: two hours alike',
      without({ hours: [9], minutes: [30] }, { hours: [10], minutes: [30] }),
      2,
    ],
    [
      'every minute but 09:30, 09:45 and 10:30: split by the hour 3, and no fewer by the minute',
      without({ hours: [9], minutes: [30] }, { hours: [9], minutes: [45] }, { hours: [10], minutes: [30] }),
      3,
    ],
    [
      'five points in two minutes are split by the minute',
      without(
        ...[1, 2, 3].map((hour) => ({ hours: [hour], minutes: [0] })),
        ...[3, 4].map((hour) => ({ hours: [hour], minutes: [5] })),
      ),
      3,
    ],
    [
      'those five points in January only: by the month, then by the minute',
      without(
        ...[1, 2, 3].map((hour) => ({ months: [1], hours: [hour], minutes: [0] })),
        ...[3, 4].map((hour) => ({ months: [1], hours: [hour], minutes: [5] })),
      ),
      4,
    ],
    ['the 15th and the 31st of any month', [of({ monthDays: [15] }), of({ monthDays: [31] })], 1],
    [
      'every minute but one of one day of the year',
      without({ minutes: [0], hours: [0], monthDays: [1], months: [1] }),
      4,
    ],
    [
      'January and March at 9, and both at 10',
      [of({ months: [1], hours: [9] }), of({ months: [3], hours: [9] }), of({ months: [1, 3], hours: [10] })],
      1,
    ],
    [
      'the last days of the long and of the short months',
      [
        of({ monthDays: [31], months: [1, 3, 5, 7, 8, 10, 12] }),
        of({ monthDays: [30], months: [4, 6, 9, 11] }),
      ],
      2,
    ],
  ];
  for (const [name, given, count] of cases)
    test(`${name}: ${count}`, () => assert.equal(fewestProducts(given).length, count));
});

test('of as few products the shortest lines are taken: 09:30 left out by the hour, not by the minute', () => {
  // By the hour: '* 0-8,10-23' cannot be said so, it is a list of 23 hours (51 signs) and '0-29,31-59' one of 59 (159).
  // By the minute: a list of 59 minutes with every hour, and minute 30 at 23 hours: the same two lists, crossed.
  const lines = fewestProducts(without({ hours: [9], minutes: [30] }))
    .map(cronLine)
    .sort();
  const otherHours = span(0, 23).filter((hour) => hour !== 9);
  const otherMinutes = span(0, 59).filter((minute) => minute !== 30);
  assert.deepEqual(lines, [`* ${otherHours} * * *`, `${otherMinutes} 9 * * *`].sort());
});

test('the same minutes, each once, and never more products than were given', () => {
  const given = fc
    .tuple(fc.array(products, { maxLength: 4 }), fc.array(products, { maxLength: 2 }))
    .map(([all, others]) => differenceOfAll(union(all), others));
  fc.assert(
    fc.property(given, (apart) => {
      const found = fewestProducts(apart);
      assert.deepEqual(counts(found), counts(apart));
      assert.ok(found.length <= apart.length);
      for (const { minutes, hours, monthDays, months, weekdays } of found)
        for (const values of [minutes, hours, monthDays, months, weekdays])
          assert.deepEqual(
            values,
            [...new Set(values)].sort((a, b) => a - b),
            'ascending, as a line needs them',
          );
    }),
    runs(80),
  );
});

test('what falls apart into single minutes is put together again', () => {
  fc.assert(
    fc.property(products, (product) => {
      const points = product.minutes.flatMap((minute) =>
        product.hours.flatMap((hour) =>
          product.weekdays.map((weekday) => ({
            ...product,
            minutes: [minute],
            hours: [hour],
            weekdays: [weekday],
          })),
        ),
      );
      assert.deepEqual(fewestProducts(points), [product]);
    }),
    runs(40),
  );
});

test('many points are no task for hours: the fields are then tried in few orders', () => {
  const points = span(0, 23).flatMap((hour) => [
    { hours: [hour], minutes: [hour] },
    { hours: [hour], minutes: [59 - hour] },
    { hours: [hour], minutes: [hour], weekdays: [hour % 7] },
  ]);
  const begin = performance.now();
  const given = without(...points);
  const found = fewestProducts(given);
  assert.ok(found.length <= 24, `${found.length}: one an hour says it`);
  assert.ok(performance.now() - begin < 5_000);
});
