import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Schedule } from '../../../src/model/job.ts';
import { UTC, type Zone } from '../../../src/model/zone.ts';
import { minutesOfJob, nextRunOf, nextRunOfJob } from '../../../src/transform/schedule/job-minutes.ts';
import { exception, job, schedule } from '../../job-builders.ts';
import { BERLIN } from '../../zones.ts';

const NINE = { minutes: [0], hours: [9] };

/** The next run after a time, both as ISO 8601 in UTC; null for none. */
function next(after: string, schedules: readonly Schedule[], zone: Zone = UTC): string | null {
  const instant = Date.parse(after);
  const one = job({ schedules });
  const found = nextRunOf(minutesOfJob(one, zone, instant), zone, instant);
  assert.equal(nextRunOfJob(one, zone, instant), found);
  return found === null ? null : new Date(found).toISOString().replace(':00.000Z', 'Z');
}

test('the next run is behind the minute in which the job is enabled, however short of its end', () => {
  const daily = [schedule(NINE)];
  assert.equal(next('2026-04-16T08:59:59.999Z', daily), '2026-04-16T09:00Z');
  assert.equal(next('2026-04-16T09:00:00Z', daily), '2026-04-17T09:00Z');
  assert.equal(next('2026-04-16T09:00:59.999Z', daily), '2026-04-17T09:00Z');
  assert.equal(next('2026-04-16T09:00:59.999Z', [schedule()]), '2026-04-16T09:01Z');
});

test('on the 31st, months of 30 days are passed over', () => {
  assert.equal(next('2026-03-31T09:00Z', [schedule({ ...NINE, monthDays: [31] })]), '2026-05-31T09:00Z');
});

test('the last day is that of each month, 29 February in a leap year', () => {
  const last = [schedule({ ...NINE, lastDay: true })];
  assert.equal(next('2026-03-31T09:00Z', last), '2026-04-30T09:00Z');
  assert.equal(next('2027-02-01T09:00Z', last), '2027-02-28T09:00Z');
  assert.equal(next('2028-02-01T09:00Z', last), '2028-02-29T09:00Z');
});

test('the last day beside others says nothing, as under pgAgent', () => {
  assert.equal(
    next('2026-04-16T09:00Z', [schedule({ ...NINE, monthDays: [15], lastDay: true })]),
    '2026-05-15T09:00Z',
  );
});

test('exceptions are passed over: a date, a time, both', () => {
  const except = (date: string | null, time: string | null) => [
    schedule({ minutes: [0], hours: [9, 10] }, { exceptions: [exception(date, time)] }),
  ];
  const after = '2026-04-16T08:00Z';
  assert.equal(next(after, except('2026-04-16', null)), '2026-04-17T09:00Z');
  assert.equal(next(after, except(null, '09:00:00')), '2026-04-16T10:00Z');
  assert.equal(next(after, except('2026-04-16', '09:00:00')), '2026-04-16T10:00Z');
});

test('of several schedules the earliest counts, of those that are enabled', () => {
  const two = [schedule(NINE), schedule({ minutes: [30], hours: [8] }, { id: 2 })];
  assert.equal(next('2026-04-16T08:00Z', two), '2026-04-16T08:30Z');
  assert.equal(next('2026-04-16T08:30Z', two), '2026-04-16T09:00Z');
  const off = [two[0] ?? schedule(), schedule({ minutes: [30], hours: [8] }, { id: 2, enabled: false })];
  assert.equal(next('2026-04-16T08:00Z', off), '2026-04-16T09:00Z');
});

test('not before the start, its own minute included, and not behind the end, its own minute included', () => {
  const from = [schedule(NINE, { start: Date.parse('2026-06-01T09:00:30Z') })];
  assert.equal(next('2026-04-16T08:00Z', from), '2026-06-01T09:00Z');
  const later = [schedule(NINE, { start: Date.parse('2026-06-01T09:01:00Z') })];
  assert.equal(next('2026-04-16T08:00Z', later), '2026-06-02T09:00Z');
  const until = [schedule(NINE, { end: Date.parse('2026-04-17T09:00:00Z') })];
  assert.equal(next('2026-04-16T10:00Z', until), '2026-04-17T09:00Z');
  assert.equal(next('2026-04-17T09:00Z', until), null);
  const before = [schedule(NINE, { end: Date.parse('2026-04-17T08:59:59Z') })];
  assert.equal(next('2026-04-16T10:00Z', before), null);
});

test('a job without a schedule, or with a day that never comes, is never due', () => {
  assert.equal(next('2026-04-16T08:00Z', []), null);
  assert.equal(next('2026-04-16T08:00Z', [schedule({ monthDays: [30], months: [2] })]), null);
});

test('hours are those of pgAgent’s clock', () => {
  assert.equal(next('2026-04-16T06:59Z', [schedule(NINE)], BERLIN), '2026-04-16T07:00Z');
  // Clocks go back from 03:00 to 02:00 on 25 October: 02:30 comes at 00:30 UTC first.
  const night = [schedule({ minutes: [30], hours: [2] })];
  assert.equal(next('2026-10-24T12:00Z', night, BERLIN), '2026-10-25T00:30Z');
  // They go forward on 28 March 2027: 02:30 does not come.
  assert.equal(next('2027-03-27T12:00Z', night, BERLIN), '2027-03-29T00:30Z');
});
