import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Exception, Schedule } from '../../../src/model/job.ts';
import { UTC, type Zone } from '../../../src/model/zone.ts';
import { planSchedules } from '../../../src/transform/plan-schedules.ts';
import { cronLine } from '../../../src/transform/schedule/cron-line.ts';
import type { FiringSet } from '../../../src/transform/schedule/firing-set.ts';
import { type Chosen, context, exception, job, schedule, span } from '../../job-builders.ts';
import { runs } from '../../property-runs.ts';
import { BERLIN } from '../../zones.ts';
import { dueAt } from './firing.ts';
import { holdsMinute, utcMinute } from './plain-reading.ts';

const MINUTE = 60_000;
const at = (text: string): number => Date.parse(/Z|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`);

function planned(one: Schedule, zone: Zone = UTC, now?: number): FiringSet {
  const where = context({ zone, ...(now === undefined ? {} : { now }) });
  const [fate] = planSchedules(job({ schedules: [one] }), where);
  return fate?.kind === 'fires' ? fate.set : [];
}

/** Each line with what its guard keeps. */
const inWords = (set: FiringSet): readonly string[] =>
  set.map(({ product, conditions }) => [cronLine(product), ...conditions.map(({ kind }) => kind)].join(' '));

const NINE: Chosen = { minutes: [0], hours: [9] };

describe('a window that is to come and shorter than a year: lines that come due about that time only', () => {
  // NOW is noon of 16 April 2026.
  const cases: readonly [name: string, chosen: Chosen, start: string, end: string, expected: string[]][] = [
    [
      'minutes of an hour, far ahead on a schedule of every minute',
      {},
      '2026-09-20T08:02',
      '2026-09-20T08:05',
      ['2-5 8 20 9 * before'],
    ],
    ['an hour', {}, '2026-09-20T08:00', '2026-09-20T08:59', ['* 8 20 9 * before']],
    [
      'over midnight: two lines, since one would come due in 1,438 minutes for nothing',
      {},
      '2026-09-20T23:58',
      '2026-09-21T00:03',
      ['58,59 23 20 9 * before', '0-3 0 21 9 * before'],
    ],
    ['a month', NINE, '2026-06-01T00:00', '2026-06-30T23:59', ['0 9 * 6 * before']],
    [
      'the end of June and the beginning of July: one line, and nine runs before 10 June for nothing',
      NINE,
      '2026-06-10T00:00',
      '2026-07-05T23:59',
      ['0 9 * 6,7 * from before'],
    ],
    [
      'each five minutes they would be 2,592, so it is two lines',
      { minutes: span(0, 11).map((one) => 5 * one) },
      '2026-06-10T00:00',
      '2026-07-05T23:59',
      ['*/5 * 10-30 6 * before', '*/5 * 1-5 7 * before'],
    ],
    [
      'what the schedule has not is not cut: nine o’clock is over on the first day and to come on the last',
      NINE,
      '2026-06-10T14:00',
      '2026-06-20T08:00',
      ['0 9 11-19 6 * before'],
    ],
    // One line has a last run for nothing behind the end, two have two.
    [
      'over the end of a year: 20 runs in December and the last one for nothing, two lines would spare 19',
      NINE,
      '2026-12-21T00:00',
      '2027-01-10T23:59',
      ['0 9 * 1,12 * from before'],
    ],
    [
      '21 runs in December and the last one for nothing, of which two lines spare 20',
      NINE,
      '2026-12-22T00:00',
      '2027-01-10T23:59',
      ['0 9 22-31 12 * before', '0 9 1-10 1 * before'],
    ],
    [
      'in more than a year: the line comes due in the years before, too',
      {},
      '2028-09-20T08:02',
      '2028-09-20T08:05',
      ['2-5 8 20 9 * from before'],
    ],
    [
      'a window of a year stays whole',
      NINE,
      '2026-06-10T00:00',
      '2027-06-10T00:00',
      ['0 9 * * * from before'],
    ],
    [
      'the last day of the months',
      { ...NINE, lastDay: true },
      '2026-06-15T00:00',
      '2026-08-31T23:59',
      // 31 May is before the start, so the months are cut.
      ['0 9 31 7,8 * before', '0 9 30 6 * before'],
    ],
  ];
  for (const [name, chosen, start, end, expected] of cases) {
    test(name, () => {
      const one = schedule(chosen, { start: at(start), end: at(end) });
      assert.deepEqual(inWords(planned(one)), expected);
    });
  }

  test('a window without a minute of the schedule has no line', () => {
    assert.deepEqual(
      planned(schedule(NINE, { start: at('2026-09-20T10:00'), end: at('2026-09-21T08:59') })),
      [],
    );
  });

  test('one that is open is not cut: the first run behind its end is the last one anyway', () => {
    const one = schedule({}, { start: at('2026-04-16T11:50'), end: at('2026-04-16T12:20') });
    assert.deepEqual(inWords(planned(one)), ['* * * * * before']);
  });

  test('dates of exceptions stand in the guards of the lines that have them', () => {
    const exceptions: readonly Exception[] = [
      exception('2026-06-20', null),
      exception('2026-07-03', '09:05:00'),
    ];
    const one = schedule(
      { minutes: span(0, 11).map((minute) => 5 * minute) },
      { start: at('2026-06-10T00:00'), end: at('2026-07-05T23:59'), exceptions },
    );
    assert.deepEqual(inWords(planned(one)), ['*/5 * 10-30 6 * not-on before', '*/5 * 1-5 7 * not-at before']);
  });

  test('lines are cut by the clock on the wall', () => {
    const one = schedule({}, { start: at('2026-09-20T08:02+02:00'), end: at('2026-09-20T08:05+02:00') });
    assert.deepEqual(inWords(planned(one, BERLIN)), ['2-5 8 20 9 * before']);
  });

  test('an hour that clocks repeat: from its second time on until five minutes into the next', () => {
    const one = schedule({}, { start: at('2026-10-25T02:30+01:00'), end: at('2026-10-25T03:05+01:00') });
    // The line comes due at half past two of summer time as well.
    assert.deepEqual(inWords(planned(one, BERLIN)), ['30-59 2 25 10 * from before', '0-5 3 25 10 * before']);
  });
});

describe('a start without a line that comes due before it needs no guard', () => {
  const cases: readonly [name: string, chosen: Chosen, start: string, now: string, expected: string][] = [
    [
      'the 1st, from the 20th of the month before',
      { ...NINE, monthDays: [1] },
      '2026-04-20T00:00',
      '2026-04-16T12:00',
      '0 9 1 * *',
    ],
    [
      'the 1st is the day of the start',
      { ...NINE, monthDays: [1] },
      '2026-05-01T09:00',
      '2026-04-16T12:00',
      '0 9 1 * *',
    ],
    [
      'the start is a minute later',
      { ...NINE, monthDays: [1] },
      '2026-05-01T09:01',
      '2026-04-16T12:00',
      '0 9 1 * * from',
    ],
    [
      'the line comes due in the minute of the plan',
      NINE,
      '2026-04-17T00:00',
      '2026-04-16T09:00:59',
      '0 9 * * * from',
    ],
    ['and not in the next one', NINE, '2026-04-17T00:00', '2026-04-16T09:01', '0 9 * * *'],
  ];
  for (const [name, chosen, start, now, expected] of cases) {
    test(name, () => {
      const found = planned(schedule(chosen, { start: at(start) }), UTC, at(now));
      assert.deepEqual(inWords(found), [expected]);
    });
  }
});

test('whatever the window, the lines come due in the minutes of the schedule, each once, and lose none', () => {
  const now = at('2026-04-16T12:00');
  const some = (first: number, last: number): fc.Arbitrary<number[]> =>
    fc.oneof(fc.constant<number[]>([]), fc.subarray([...span(first, last)], { minLength: 1 }));
  const chosen = fc.record({
    minutes: some(0, 59),
    hours: some(0, 23),
    monthDays: some(1, 31),
    months: some(1, 12),
    lastDay: fc.boolean(),
  });
  const lengths = fc.oneof(fc.nat(10), fc.nat(200), fc.nat(5_000), fc.nat(500_000));
  const minute = fc.integer({ min: -60, max: 60 });
  const wait = fc.integer({ min: 1, max: 700_000 });
  fc.assert(
    fc.property(
      chosen,
      wait,
      lengths,
      fc.array(minute, { minLength: 20 }),
      (ticked, offset, length, beside) => {
        const start = now + offset * MINUTE;
        const one = schedule(ticked, { start, end: start + length * MINUTE });
        const due = dueAt(planned(one), UTC);
        const edges = [start, start + length * MINUTE, start + Math.floor(length / 2) * MINUTE];
        const minutes = edges.flatMap((edge) => beside.map((more) => edge + more * MINUTE));
        for (const instant of minutes.filter((one) => one > now))
          assert.equal(
            due(instant),
            holdsMinute(one, utcMinute(instant)) ? 1 : 0,
            new Date(instant).toISOString(),
          );
      },
    ),
    runs(150),
  );
});
