import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Exception } from '../../../src/model/job.ts';
import { UTC, type Zone } from '../../../src/model/zone.ts';
import { calendarProduct } from '../../../src/transform/schedule/calendar.ts';
import { type PendingExceptions, pendingExceptions } from '../../../src/transform/schedule/exceptions.ts';
import { type Chosen, exception, NOW, span, ticks } from '../../job-builders.ts';
import { BERLIN, fixedZone } from '../../zones.ts';

function pending(
  chosen: Chosen,
  exceptions: readonly Exception[],
  zone: Zone = UTC,
  now = NOW,
): PendingExceptions {
  return pendingExceptions(exceptions, [calendarProduct(ticks(chosen))], zone, now);
}

const NOTHING: PendingExceptions = { times: [], dates: [], moments: [], expired: 0 };
const onDate = (date: string): PendingExceptions => ({ ...NOTHING, dates: [date] });
const atTime = (hour: number, minute: number): PendingExceptions => ({
  ...NOTHING,
  times: [{ hour, minute }],
});
const inMinute = (date: string, hour: number, minute: number): PendingExceptions => ({
  ...NOTHING,
  moments: [{ date, hour, minute }],
});
const EXPIRED: PendingExceptions = { ...NOTHING, expired: 1 };

describe('an exception counts only where it can still take a minute away', () => {
  // NOW is noon (UTC) of Thursday, 16 April 2026.
  const WORKDAYS: Chosen = { weekdays: span(1, 5) };
  const NINE: Chosen = { minutes: [0], hours: [9] };
  const cases: readonly [string, Chosen, Exception, PendingExceptions][] = [
    ['a date to come', {}, exception('2026-12-25', null), onDate('2026-12-25')],
    ['a date to come, with a time', {}, exception('2026-12-25', '09:05:00'), inMinute('2026-12-25', 9, 5)],
    ['a date in the far future', {}, exception('9999-12-31', null), onDate('9999-12-31')],
    ['a date in a year of five digits', {}, exception('12026-01-01', null), onDate('12026-01-01')],
    ['today, though half of it is over', {}, exception('2026-04-16', null), onDate('2026-04-16')],
    ['yesterday', {}, exception('2026-04-15', null), EXPIRED],
    ['yesterday, with a time', {}, exception('2026-04-15', '09:00:00'), EXPIRED],
    ['a date long past', {}, exception('2019-12-25', null), EXPIRED],
    ['a year of three digits', {}, exception('0999-12-31', null), EXPIRED],
    ['both NULL matches nothing', {}, exception(null, null), NOTHING],
    ['infinity is no day', {}, exception('infinity', null), NOTHING],
    ['-infinity is no day', {}, exception('-infinity', null), NOTHING],
    ['a day before Christ', {}, exception('0044-03-15 BC', null), NOTHING],
    ['Saturday, 2 May, beside Monday to Friday', WORKDAYS, exception('2026-05-02', null), NOTHING],
    ['Sunday, 3 May, beside Monday to Friday', WORKDAYS, exception('2026-05-03', null), NOTHING],
    ['Friday, 1 May, of Monday to Friday', WORKDAYS, exception('2026-05-01', null), onDate('2026-05-01')],
    ['Monday, 4 May, of Monday to Friday', WORKDAYS, exception('2026-05-04', null), onDate('2026-05-04')],
    ['Sunday, 3 May, of Sundays', { weekdays: [0] }, exception('2026-05-03', null), onDate('2026-05-03')],
    ['1 May, beside June', { months: [6] }, exception('2026-05-01', null), NOTHING],
    ['1 June, of June', { months: [6] }, exception('2026-06-01', null), onDate('2026-06-01')],
    ['1 May, beside each 2nd', { monthDays: [2] }, exception('2026-05-01', null), NOTHING],
    ['2 May, of each 2nd', { monthDays: [2] }, exception('2026-05-02', null), onDate('2026-05-02')],
    ['a past Saturday is not even expired', WORKDAYS, exception('2026-04-11', null), NOTHING],
    ['that minute every day', NINE, exception(null, '09:00:00'), atTime(9, 0)],
    ['another minute', NINE, exception(null, '09:01:00'), NOTHING],
    ['another hour', NINE, exception(null, '08:00:00'), NOTHING],
    ['seconds never meet a whole minute', NINE, exception(null, '09:00:30'), NOTHING],
    ['a fraction never meets a whole minute', NINE, exception(null, '09:00:00.5'), NOTHING],
    ['24:00 is the time of no minute', {}, exception(null, '24:00:00'), NOTHING],
    ['midnight', { minutes: [0], hours: [0] }, exception(null, '00:00:00'), atTime(0, 0)],
    ['the last minute of a day', {}, exception(null, '23:59:00'), atTime(23, 59)],
    ['a date at another hour', NINE, exception('2026-12-25', '10:00:00'), NOTHING],
    ['a date at a time with seconds', NINE, exception('2026-12-25', '09:00:01'), NOTHING],
    ['a past date at another hour is not even expired', NINE, exception('2019-12-25', '10:00:00'), NOTHING],
    ['a date at its time', NINE, exception('2026-12-25', '09:00:00'), inMinute('2026-12-25', 9, 0)],
  ];
  for (const [name, chosen, one, expected] of cases)
    test(name, () => assert.deepEqual(pending(chosen, [one]), expected));
});

test('equal ones count once, dates come in order, a minute of a whole day or of a daily time adds nothing', () => {
  const found = pending({}, [
    exception('2026-12-25', null),
    exception('2026-05-01', null),
    exception('2026-12-25', null),
    exception('2026-12-25', '10:00:00'),
    exception(null, '09:00:00'),
    exception(null, '09:00:00'),
    exception('2026-06-01', '09:00:00'),
    exception('2026-06-01', '09:01:00'),
    exception('2026-06-01', '09:01:00'),
    exception('2020-01-01', null),
    exception('2020-01-01', '10:00:00'),
  ]);
  assert.deepEqual(found, {
    times: [{ hour: 9, minute: 0 }],
    dates: ['2026-05-01', '2026-12-25'],
    moments: [{ date: '2026-06-01', hour: 9, minute: 1 }],
    expired: 2,
  });
});

describe('a day is over when it is over in the zone of the target', () => {
  const cases: readonly [string, Zone, string, boolean][] = [
    ['in UTC, in its last second', UTC, '2026-04-15T23:59:59Z', false],
    ['in UTC, at midnight', UTC, '2026-04-16T00:00:00Z', true],
    ['in Berlin two hours sooner: a second before', BERLIN, '2026-04-15T21:59:59Z', false],
    ['in Berlin two hours sooner', BERLIN, '2026-04-15T22:00:00Z', true],
    ['in New York four hours later: a second before', fixedZone(-240), '2026-04-16T03:59:59Z', false],
    ['in New York four hours later', fixedZone(-240), '2026-04-16T04:00:00Z', true],
  ];
  for (const [name, zone, now, isOver] of cases) {
    test(name, () => {
      const found = pending({}, [exception('2026-04-15', null)], zone, Date.parse(now));
      assert.deepEqual(found, isOver ? EXPIRED : onDate('2026-04-15'));
    });
  }
});

test('a day counts that is in any of several sets of days, such as the last days of the months', () => {
  const days = [
    { months: [1], monthDays: [31] },
    { months: [4], monthDays: [30] },
  ].map((part) => ({ ...calendarProduct(ticks({})), ...part }));
  const given = ['2027-01-31', '2027-04-30', '2027-03-31', '2027-01-30'].map((date) => exception(date, null));
  assert.deepEqual(pendingExceptions(given, days, UTC, NOW).dates, ['2027-01-31', '2027-04-30']);
});
