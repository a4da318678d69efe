import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Exception, Schedule } from '../../../src/job.ts';
import { planSchedule } from '../../../src/transform/schedule/plan-schedule.ts';
import { type Chosen, codes, exception, NOW, schedule, span } from '../../job-builders.ts';
import { meaning } from './cron-reader.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** In one word or two: the cron line, why it is left out, or which advisories keep its job from moving. */
function fate(planned: Schedule, now = NOW): string {
  const found = planSchedule(planned, now);
  if (found.kind === 'fires') return found.runAt;
  return found.kind === 'idle' ? found.reason : codes(found.advisories).join(' ');
}

describe('a schedule that is enabled and can still fire is migrated, any other is left out with its reason', () => {
  const cases: readonly [string, Partial<Schedule>, string][] = [
    ['enabled', {}, '* * * * *'],
    ['disabled', { enabled: false }, 'schedule-disabled'],
    [
      'disabled, and would not be carried over either',
      { enabled: false, start: NOW + DAY },
      'schedule-disabled',
    ],
    ['ended a year ago', { end: NOW - 365 * DAY }, 'schedule-over'],
    ['ended a millisecond ago', { end: NOW - 1 }, 'schedule-over'],
    ['ends now, inclusive: it may fire once more', { end: NOW }, 'end-in-future'],
    ['ends in a minute', { end: NOW + MINUTE }, 'end-in-future'],
    ['ends in a year', { end: NOW + 365 * DAY }, 'end-in-future'],
    ['ends never', { end: Infinity }, '* * * * *'],
    ['ended at -infinity', { end: -Infinity }, 'schedule-over'],
    ['began long ago, with seconds and a fraction', { start: NOW - DAY + 33_123 }, '* * * * *'],
    ['begins now, inclusive', { start: NOW }, '* * * * *'],
    ['begins in a millisecond', { start: NOW + 1 }, 'start-in-future'],
    ['begins tomorrow', { start: NOW + DAY }, 'start-in-future'],
    ['began at -infinity', { start: -Infinity }, '* * * * *'],
    ['begins never', { start: Infinity }, 'schedule-impossible'],
    ['begins never and ends never', { start: Infinity, end: Infinity }, 'schedule-impossible'],
    [
      'begins and ends in the future',
      { start: NOW + DAY, end: NOW + 2 * DAY },
      'end-in-future start-in-future',
    ],
    ['ends before it begins', { start: NOW + 2 * DAY, end: NOW + DAY }, 'schedule-impossible'],
    [
      'is over, whatever its exceptions',
      { end: NOW - 1, exceptions: [exception(null, '12:00:00')] },
      'schedule-over',
    ],
  ];
  for (const [name, more, expected] of cases)
    test(name, () => assert.equal(fate(schedule({}, more)), expected));
});

describe('what is ticked decides whether it can fire', () => {
  const cases: readonly [string, Chosen, string][] = [
    ['30 February', { monthDays: [30], months: [2] }, 'schedule-impossible'],
    ['the 31st in April and June only', { monthDays: [31], months: [4, 6] }, 'schedule-impossible'],
    ['29 February is possible', { monthDays: [29], months: [2] }, '* * 29 2 *'],
    ['29 February on a Monday is possible', { monthDays: [29], months: [2], weekdays: [1] }, '* * 29 2 1'],
    ['Friday the 13th: both must hold', { monthDays: [13], weekdays: [5] }, '* * 13 * 5'],
    ['the last day alone', { lastDay: true }, 'last-day-of-month'],
    ['the last day alone, of February', { lastDay: true, months: [2] }, 'last-day-of-month'],
    ['the last day beside the 15th', { lastDay: true, monthDays: [15] }, 'last-day-of-month'],
    ['the last day beside 30 days', { lastDay: true, monthDays: span(1, 30) }, 'last-day-of-month'],
    // Beside another month day pgAgent never fires on the last day (FACTS.md 1), so nothing is left of it.
    [
      'the last day beside 30 February',
      { lastDay: true, monthDays: [30], months: [2] },
      'schedule-impossible',
    ],
    ['the last day beside all 31 days is every day', { lastDay: true, monthDays: span(1, 31) }, '* * * * *'],
  ];
  for (const [name, chosen, expected] of cases)
    test(name, () => assert.equal(fate(schedule(chosen)), expected));
});

describe('an exception keeps the job on pgAgent only where it can still matter', () => {
  // NOW is noon (UTC) of Thursday, 16 April 2026.
  const WORKDAYS: Chosen = { weekdays: span(1, 5) };
  const NINE: Chosen = { minutes: [0], hours: [9] };
  const cases: readonly [string, Chosen, Exception, boolean][] = [
    ['a date to come', {}, exception('2026-12-25', null), true],
    ['a date to come, with a time', {}, exception('2026-12-25', '09:00:00'), true],
    ['a date in the far future', {}, exception('9999-12-31', null), true],
    ['a date in a year of five digits', {}, exception('12026-01-01', null), true],
    ['today', {}, exception('2026-04-16', null), true],
    [
      'yesterday, which is still today west of Greenwich only in the small hours',
      {},
      exception('2026-04-15', null),
      false,
    ],
    ['a date long past', {}, exception('2019-12-25', null), false],
    ['a date long past, with a time', {}, exception('2019-12-25', '09:00:00'), false],
    ['both NULL matches nothing', {}, exception(null, null), false],
    ['infinity is no day', {}, exception('infinity', null), false],
    ['-infinity is no day', {}, exception('-infinity', null), false],
    ['a day before Christ', {}, exception('0044-03-15 BC', null), false],
    ['Saturday, 2 May, where Monday to Friday are ticked', WORKDAYS, exception('2026-05-02', null), false],
    ['Sunday, 3 May, where Monday to Friday are ticked', WORKDAYS, exception('2026-05-03', null), false],
    ['Friday, 1 May, where Monday to Friday are ticked', WORKDAYS, exception('2026-05-01', null), true],
    ['Monday, 4 May, where Monday to Friday are ticked', WORKDAYS, exception('2026-05-04', null), true],
    ['Sunday, 3 May, where Sunday is ticked', { weekdays: [0] }, exception('2026-05-03', null), true],
    ['1 May, where only June is ticked', { months: [6] }, exception('2026-05-01', null), false],
    ['1 June, where only June is ticked', { months: [6] }, exception('2026-06-01', null), true],
    ['1 May, where only the 2nd is ticked', { monthDays: [2] }, exception('2026-05-01', null), false],
    ['2 May, where only the 2nd is ticked', { monthDays: [2] }, exception('2026-05-02', null), true],
    ['that minute every day', NINE, exception(null, '09:00:00'), true],
    ['a time at which it never fires: another minute', NINE, exception(null, '09:01:00'), false],
    ['a time at which it never fires: another hour', NINE, exception(null, '08:00:00'), false],
    ['a time with seconds never meets a whole minute', NINE, exception(null, '09:00:30'), false],
    ['a time with a fraction never meets a whole minute', NINE, exception(null, '09:00:00.5'), false],
    ['24:00 is the time of no minute', {}, exception(null, '24:00:00'), false],
    ['midnight', { minutes: [0], hours: [0] }, exception(null, '00:00:00'), true],
    ['a date to come at a time at which it never fires', NINE, exception('2026-12-25', '10:00:00'), false],
    ['a date to come at a time with seconds', NINE, exception('2026-12-25', '09:00:01'), false],
    ['a date to come at the time at which it fires', NINE, exception('2026-12-25', '09:00:00'), true],
  ];
  for (const [name, chosen, one, matters] of cases) {
    test(name, () => {
      const planned = schedule(chosen, { exceptions: [one] });
      assert.equal(fate(planned) === 'exceptions', matters, fate(planned));
    });
  }

  test('a day is over only where it is over in every time zone: 12 hours behind UTC it ends at noon of the next', () => {
    const planned = schedule({}, { exceptions: [exception('2026-04-15', null)] });
    assert.equal(fate(planned, Date.UTC(2026, 3, 16, 11, 59)), 'exceptions');
    assert.equal(fate(planned, Date.UTC(2026, 3, 16, 12, 0)), '* * * * *');
  });

  test('one of several is enough', () => {
    const planned = schedule(
      {},
      { exceptions: [exception('2019-12-25', null), exception('2026-12-25', null)] },
    );
    assert.equal(fate(planned), 'exceptions');
  });

  test('those that cannot matter never keep it', () => {
    const planned = schedule(WORKDAYS, {
      exceptions: [
        exception('2019-12-25', null),
        exception('2026-05-02', null),
        exception(null, null),
        exception(null, '09:00:30'),
      ],
    });
    assert.equal(fate(planned), '* * * * 1-5');
  });
});

test('each advisory names the schedule that it is about, and is an error', () => {
  const found = planSchedule(
    schedule(
      { lastDay: true },
      { id: 7, start: NOW + DAY, end: NOW + 2 * DAY, exceptions: [exception('2026-12-25', null)] },
    ),
    NOW,
  );
  const advisories = found.kind === 'not-carried' ? found.advisories : [];
  assert.deepEqual(codes(advisories), [
    'end-in-future',
    'exceptions',
    'last-day-of-month',
    'start-in-future',
  ]);
  for (const { severity, scheduleId } of advisories) assert.deepEqual([severity, scheduleId], ['error', 7]);
});

test('the line holds at a minute exactly where each array that is not empty does: the plain reading', () => {
  const some = (first: number, last: number): fc.Arbitrary<number[]> => fc.subarray([...span(first, last)]);
  const chosen = fc.record({
    minutes: some(0, 59),
    hours: some(0, 23),
    monthDays: some(1, 28),
    months: some(1, 12),
    weekdays: some(0, 6),
  });
  const start = Date.UTC(2024, 0, 1);
  const minutes = fc.array(fc.integer({ min: 0, max: 366 * 24 * 60 - 1 }), { minLength: 40, maxLength: 40 });
  fc.assert(
    fc.property(chosen, minutes, (ticked, offsets) => {
      const texts = fate(schedule(ticked)).split(' ');
      for (const offset of offsets) {
        const at = new Date(start + offset * MINUTE);
        const parts = [
          ['minutes', at.getUTCMinutes(), ticked.minutes],
          ['hours', at.getUTCHours(), ticked.hours],
          ['days', at.getUTCDate(), ticked.monthDays],
          ['months', at.getUTCMonth() + 1, ticked.months],
          ['weekdays', at.getUTCDay(), ticked.weekdays],
        ] as const;
        const byPgAgent = parts.every(([, value, set]) => set.length === 0 || set.includes(value));
        const byCron = parts.every(([field, value], index) =>
          meaning(texts[index] ?? '', field)?.includes(value),
        );
        assert.equal(byCron, byPgAgent, `${texts.join(' ')} at ${at.toISOString()}`);
      }
    }),
  );
});
