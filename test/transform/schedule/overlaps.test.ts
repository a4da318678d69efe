import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Exception, Schedule } from '../../../src/model/job.ts';
import { UTC, type Zone } from '../../../src/model/zone.ts';
import { overlaps, withoutOverlaps } from '../../../src/transform/schedule/overlaps.ts';
import { type Firing, planSchedule } from '../../../src/transform/schedule/plan-schedule.ts';
import { type Chosen, context, exception, NOW, schedule, span } from '../../job-builders.ts';
import { runs } from '../../property-runs.ts';
import { BERLIN } from '../../zones.ts';
import { dueAt, firing, lines } from './firing.ts';
import { holdsMinute, utcMinute } from './plain-reading.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

function planned(schedules: readonly Schedule[], zone: Zone = UTC): readonly Firing[] {
  const where = context({ zone, options: { schedules: 'all' } });
  return schedules.map((one, index) => firing({ ...one, id: index + 1 }, where));
}

describe('two schedules that fire together: the first minute, and how many in 365 days', () => {
  // NOW is noon of Thursday, 16 April 2026.
  const NINE: Chosen = { minutes: [0], hours: [9] };
  const cases: readonly [string, Schedule, Schedule, [string, number] | null][] = [
    [
      'each day at nine, and each hour',
      schedule(NINE),
      schedule({ minutes: [0] }),
      ['2026-04-17T09:00Z', 365],
    ],
    ['each minute twice', schedule(), schedule(), ['2026-04-16T12:01Z', 525_600]],
    ['nine and half past nine', schedule(NINE), schedule({ minutes: [30], hours: [9] }), null],
    // 13 November 2026 is the next Friday the 13th; there is one more before April 2027: none (13 August is the next).
    [
      'the 13th and each Friday',
      schedule({ ...NINE, monthDays: [13] }),
      schedule({ ...NINE, weekdays: [5] }),
      ['2026-11-13T09:00Z', 1],
    ],
    [
      'the last day of the month, and the 30th: April, June, September and November',
      schedule({ ...NINE, lastDay: true }),
      schedule({ ...NINE, monthDays: [30] }),
      ['2026-04-30T09:00Z', 4],
    ],
    [
      '29 February and the last day of February',
      schedule({ ...NINE, months: [2], monthDays: [29] }),
      schedule({ ...NINE, months: [2], lastDay: true }),
      ['2028-02-29T09:00Z', 0],
    ],
    [
      'one with an exception on the first day',
      schedule(NINE, { exceptions: [exception('2026-04-17', null)] }),
      schedule(NINE),
      ['2026-04-18T09:00Z', 364],
    ],
    [
      'one that ends in three days',
      schedule(NINE, { end: NOW + 3 * DAY }),
      schedule(NINE),
      ['2026-04-17T09:00Z', 3],
    ],
    [
      'one that begins in three days',
      schedule(NINE, { start: NOW + 3 * DAY }),
      schedule(NINE),
      ['2026-04-20T09:00Z', 362],
    ],
    [
      'one that ends before the other begins',
      schedule(NINE, { end: NOW + DAY }),
      schedule(NINE, { start: NOW + 3 * DAY }),
      null,
    ],
    ['one that is disabled', schedule(NINE, { enabled: false }), schedule(NINE), null],
    ['one that is over', schedule(NINE), schedule(NINE, { end: NOW - DAY }), null],
  ];
  for (const [name, a, b, expected] of cases) {
    test(name, () => {
      const [earlier, later] = planned([a, b]);
      const found = overlaps(planned([a, b]), UTC, NOW);
      assert.deepEqual(
        found.map(({ first, minutes }) => [new Date(first).toISOString().replace(':00.000', ''), minutes]),
        expected === null ? [] : [expected],
      );
      for (const one of found)
        assert.deepEqual(
          [one.earlier.schedule.id, one.later.schedule.id],
          [earlier?.schedule.id, later?.schedule.id],
        );
    });
  }

  test('in the time of the zone, which repeats an hour', () => {
    const hours = planned([schedule({ minutes: [30], hours: [2] }), schedule({ minutes: [30] })], BERLIN);
    const [found] = overlaps(hours, BERLIN, NOW);
    assert.equal(found?.first, Date.parse('2026-04-17T00:30Z'));
    // 365 days, one of them (25 October) with two, one (28 March 2027) without.
    assert.equal(found.minutes, 365);
  });

  test('each pair of three', () => {
    const found = overlaps(planned([schedule(NINE), schedule(NINE), schedule(NINE)]), UTC, NOW);
    assert.deepEqual(
      found.map(({ earlier, later }) => `${earlier.schedule.id} ${later.schedule.id}`),
      ['1 2', '1 3', '2 3'],
    );
  });
});

describe('--overlap exact leaves each minute to one schedule', () => {
  const exact = (...schedules: readonly Schedule[]): readonly (readonly string[])[] =>
    withoutOverlaps(planned(schedules)).map(({ set }) => lines(set));
  const hourly = schedule({ minutes: [0] });

  const cases: readonly [string, readonly Schedule[], readonly (readonly string[])[]][] = [
    [
      'the second of two gives way',
      [hourly, schedule({ minutes: [0, 30] })],
      [['0 * * * *'], ['30 * * * *']],
    ],
    [
      'one that does not meet another stays',
      [hourly, schedule({ minutes: [5] })],
      [['0 * * * *'], ['5 * * * *']],
    ],
    [
      'one that is wholly covered has nothing left',
      [hourly, schedule({ minutes: [0], hours: [9] })],
      [['0 * * * *'], []],
    ],
    [
      'one that two others cover has nothing left',
      [hourly, schedule({ minutes: [30] }), schedule({ minutes: [0, 30], hours: [9] })],
      [['0 * * * *'], ['30 * * * *'], []],
    ],
    [
      'one with a guard gives way to one without, though it comes first',
      [schedule({ minutes: [0, 30] }, { exceptions: [exception('2026-12-25', null)] }), hourly],
      [['30 * * * *'], ['0 * * * *']],
    ],
    [
      'one that pgAgent does not fire takes nothing and loses nothing',
      [
        schedule({ minutes: [0] }, { enabled: false }),
        hourly,
        schedule({ minutes: [0], hours: [9] }, { end: NOW - DAY }),
      ],
      [['0 * * * *'], ['0 * * * *'], ['0 9 * * *']],
    ],
  ];
  for (const [name, schedules, expected] of cases)
    test(name, () => assert.deepEqual(exact(...schedules), expected));

  test('what one without a guard leaves to one with it keeps its guard', () => {
    const [, second] = withoutOverlaps(
      planned([hourly, schedule({ minutes: [0, 30] }, { exceptions: [exception('2026-12-25', null)] })]),
    );
    assert.deepEqual(
      second?.set.map(({ conditions }) => conditions),
      [[{ kind: 'not-on', dates: ['2026-12-25'] }]],
    );
  });

  test('of two with guards the second has those minutes only where the first is kept from them', () => {
    const [first, second] = withoutOverlaps(
      planned([
        schedule({ minutes: [0], hours: [9] }, { exceptions: [exception('2026-12-25', null)] }),
        schedule({ minutes: [0], hours: [9] }, { exceptions: [exception('2027-01-01', null)] }),
      ]),
    );
    const due = [first, second].map((one) => dueAt(one?.set ?? [], UTC));
    const on = (date: string): readonly number[] => due.map((at) => at(Date.parse(`${date}T09:00Z`)));
    assert.deepEqual(on('2026-12-24'), [1, 0]);
    assert.deepEqual(on('2026-12-25'), [0, 1]);
    assert.deepEqual(on('2027-01-01'), [1, 0]);
  });

  test('a piece that could never come due is left out: one begins after the other has ended', () => {
    const [, second] = withoutOverlaps(
      planned([
        schedule({ minutes: [0] }, { start: NOW + DAY, end: NOW + 2 * DAY }),
        schedule({ minutes: [0] }, { start: NOW + 4 * DAY }),
      ]),
    );
    assert.deepEqual(lines(second?.set ?? []), ['0 * * * *']);
  });
});

const someExceptions: fc.Arbitrary<readonly Exception[]> = fc.array(
  fc
    .tuple(
      fc.constantFrom(null, '2026-05-01', '2026-07-31', '2027-02-28'),
      fc.constantFrom(null, '09:00:00', '10:30:00'),
    )
    .map(([date, time]) => exception(date, time)),
  { maxLength: 3 },
);
const someSchedule: fc.Arbitrary<Schedule> = fc
  .record({
    minutes: fc.subarray([0, 30], { minLength: 1 }),
    hours: fc.subarray([9, 10, 23], { minLength: 1 }),
    monthDays: fc.subarray([1, 28, 31]),
    weekdays: fc.oneof(fc.constant([]), fc.subarray([...span(0, 6)], { minLength: 5 })),
    lastDay: fc.boolean(),
    exceptions: someExceptions,
    start: fc.constantFrom(0, NOW + 20 * DAY + 90_000, NOW + 180 * DAY),
    end: fc.constantFrom(null, NOW + 200 * DAY, NOW + 330 * DAY - 1),
  })
  .map(({ exceptions, start, end, ...chosen }) => schedule(chosen, { exceptions, start, end }));

test('exact over a year: each minute of the job once, and no other, whatever exceptions and windows there are', () => {
  const times = [9, 10, 23].flatMap((hour) => [0, 30].map((minute) => (hour * 60 + minute) * MINUTE));
  const days = span(0, 364).map((index) => Date.UTC(2026, 3, 17) + index * DAY);
  fc.assert(
    fc.property(fc.array(someSchedule, { minLength: 2, maxLength: 3 }), (schedules) => {
      const where = context({ options: { schedules: 'pending' } });
      // One whose exceptions take all of its minutes has none to share.
      const fires = schedules
        .map((one, index) => planSchedule({ ...one, id: index + 1 }, where))
        .filter((fate): fate is Firing => fate.kind === 'fires');
      const due = withoutOverlaps(fires).map(({ set }) => dueAt(set, UTC));
      for (const day of days) {
        for (const time of times) {
          const at = utcMinute(day + time);
          const found = due.reduce((sum, count) => sum + count(day + time), 0);
          const expected = schedules.some((one) => holdsMinute(one, at)) ? 1 : 0;
          assert.equal(found, expected, new Date(day + time).toISOString());
        }
      }
    }),
    runs(40),
  );
});
