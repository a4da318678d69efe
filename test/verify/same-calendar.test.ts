import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Schedule } from '../../src/model/job.ts';
import { calendarProduct } from '../../src/transform/schedule/calendar.ts';
import { kindsOfDay } from '../../src/verify/compare/calendar-days.ts';
import { daysOf, holdsDay, minutesOfDay } from '../../src/verify/compare/plain-schedule.ts';
import { areSameOnAnyDay, type Calendar, daysOfProduct } from '../../src/verify/compare/same-calendar.ts';
import { type Chosen, NOW, schedule, span } from '../job-builders.ts';
import { runs } from '../property-runs.ts';

const of = (one: Schedule): Calendar => ({ days: daysOf(one, 'honor'), minutes: minutesOfDay(one) });
const line = (one: Schedule): Calendar => ({
  days: daysOfProduct(calendarProduct(one)),
  minutes: minutesOfDay(one),
});
const ticked = (chosen: Chosen): Calendar => of(schedule(chosen));

const KINDS = kindsOfDay(NOW, Infinity);

/** Whether both sides have the same minutes on each day that comes. */
function areSameOnAll(some: readonly Calendar[], others: readonly Calendar[]): boolean {
  const belongs = (side: readonly Calendar[], minute: number): boolean =>
    side.some(({ minutes }) => minutes[minute] === 1);
  const asked = span(0, 1_439).filter((minute) => belongs([...some, ...others], minute));
  return KINDS.every((day) => {
    const [one = [], other = []] = [some, others].map((side) =>
      side.filter(({ days }) => holdsDay(days, day)),
    );
    return asked.every((minute) => belongs(one, minute) === belongs(other, minute));
  });
}

describe('two sides have the same minutes on any day', () => {
  const NINE: Chosen = { hours: [9], minutes: [0, 30] };
  const same: readonly [string, readonly Chosen[], readonly Chosen[]][] = [
    ['one calendar', [NINE], [NINE]],
    ['none at all', [], []],
    [
      'two halves of a week',
      [NINE],
      [
        { ...NINE, weekdays: [0, 1, 2] },
        { ...NINE, weekdays: [3, 4, 5, 6] },
      ],
    ],
    ['one twice', [NINE, NINE], [NINE]],
    [
      'two halves of its minutes',
      [NINE],
      [
        { ...NINE, minutes: [0] },
        { ...NINE, minutes: [30] },
      ],
    ],
  ];
  for (const [name, some, others] of same)
    test(name, () => assert.ok(areSameOnAnyDay(some.map(ticked), others.map(ticked))));

  const differing: readonly [string, readonly Chosen[], readonly Chosen[]][] = [
    ['nothing and something', [], [NINE]],
    ['a minute more', [NINE], [{ ...NINE, minutes: [0, 30, 31] }]],
    ['the last minute of the day', [{ hours: [23], minutes: [59] }], [{ hours: [23], minutes: [58] }]],
    ['a month less', [NINE], [{ ...NINE, months: span(1, 11) }]],
    ['a week day less', [NINE], [{ ...NINE, weekdays: span(0, 5) }]],
    ['a day less', [NINE], [{ ...NINE, monthDays: span(1, 30) }]],
    ['the last day of the month alone', [{ ...NINE, lastDay: true }], [{ ...NINE, monthDays: [31] }]],
  ];
  for (const [name, some, others] of differing)
    test(`not: ${name}`, () => {
      assert.ok(!areSameOnAnyDay(some.map(ticked), others.map(ticked)));
      assert.ok(!areSameOnAnyDay(others.map(ticked), some.map(ticked)));
    });

  test('more calendars than a number has bits are compared day by day', () => {
    const many = (count: number): readonly Calendar[] => span(1, count).map(() => ticked(NINE));
    assert.ok(areSameOnAnyDay(many(15), many(15)));
    assert.ok(!areSameOnAnyDay(many(15), many(16)));
  });
});

test('what is the same on any day is the same on each day that comes', () => {
  const few = (first: number, last: number): fc.Arbitrary<number[]> => fc.subarray([...span(first, last)]);
  const chosen = fc.record({
    minutes: fc.constantFrom([0], [0, 30], []),
    hours: fc.constantFrom([9], [9, 23]),
    weekdays: fc.oneof(fc.constant([]), few(0, 6)),
    monthDays: fc.oneof(fc.constant([]), few(28, 31)),
    months: fc.oneof(fc.constant([]), few(1, 3)),
    lastDay: fc.boolean(),
  });
  const schedules = fc.array(
    chosen.map((one) => schedule(one)),
    { maxLength: 3 },
  );
  let same = 0;
  fc.assert(
    fc.property(schedules, schedules, fc.boolean(), (some, more, isAlike) => {
      const one = some.map(of);
      const other = isAlike ? [...some.map(of), ...some.map(line)] : more.map(line);
      if (!areSameOnAnyDay(one, other)) return;
      same += 1;
      assert.ok(areSameOnAll(one, other));
    }),
    runs(400),
  );
  assert.ok(same > 5, String(same));
});
