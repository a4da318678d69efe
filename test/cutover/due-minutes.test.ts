import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DueMinutes } from '../../src/cutover/moment/due-minutes.ts';
import type { Job } from '../../src/model/job.ts';
import { UTC, type Zone } from '../../src/model/zone.ts';
import { minutesOfJob } from '../../src/transform/schedule/job-minutes.ts';
import { chain, exception, job, NOW, schedule } from '../job-builders.ts';
import { plan } from '../transform/plans.ts';
import { fixedZone } from '../zones.ts';

const at = (time: string): number => Date.parse(time);

/** Of jobs as their plans say. */
function dueOf(jobs: readonly Job[], zones: readonly Zone[] = [UTC]): DueMinutes {
  const due = new DueMinutes(zones);
  for (const one of jobs) due.add(one.id, plan(one).chains);
  return due;
}

test('a job is due in the minutes that its chains name, and in no other', () => {
  // 16 April 2026 is a Thursday.
  const due = dueOf([job({ schedules: [schedule({ minutes: [30], hours: [9], weekdays: [4] })] })]);
  assert.equal(due.isDue(at('2026-04-16T09:30Z')), true);
  for (const other of ['2026-04-16T09:29Z', '2026-04-16T09:31Z', '2026-04-16T10:30Z', '2026-04-17T09:30Z'])
    assert.equal(due.isDue(at(other)), false, other);
  const monthly = dueOf([
    job({ schedules: [schedule({ minutes: [0], hours: [0], monthDays: [1], months: [5] })] }),
  ]);
  assert.equal(monthly.isDue(at('2026-05-01T00:00Z')), true);
  assert.equal(monthly.isDue(at('2026-06-01T00:00Z')), false);
  assert.equal(monthly.isDue(at('2026-05-02T00:00Z')), false);
});

test('a guard counts: exceptions, the last day of February, a start, an end', () => {
  const nine = { minutes: [0], hours: [9] };
  const holiday = dueOf([
    job({ schedules: [schedule(nine, { exceptions: [exception('2026-12-25', null)] })] }),
  ]);
  assert.equal(holiday.isDue(at('2026-12-24T09:00Z')), true);
  assert.equal(holiday.isDue(at('2026-12-25T09:00Z')), false);
  const last = dueOf([job({ schedules: [schedule({ ...nine, lastDay: true })] })]);
  assert.equal(last.isDue(at('2027-02-28T09:00Z')), true);
  assert.equal(last.isDue(at('2028-02-28T09:00Z')), false);
  assert.equal(last.isDue(at('2028-02-29T09:00Z')), true);
  const window = dueOf([
    job({ schedules: [schedule(nine, { start: at('2026-05-01T09:00Z'), end: at('2026-05-03T09:00Z') })] }),
  ]);
  const days = ['2026-04-30', '2026-05-01', '2026-05-03', '2026-05-04'];
  assert.deepEqual(
    days.map((day) => window.isDue(at(`${day}T09:00Z`))),
    [false, true, true, false],
  );
});

test('the jobs of a minute are named once each, ascending, though lines and schedules are shared', () => {
  const every = [schedule()];
  const twice = [schedule(), schedule({ minutes: [0] }, { id: 2 })];
  const due = dueOf([
    job({ id: 9, schedules: every }),
    job({ id: 2, schedules: twice }),
    job({ id: 5, schedules: [schedule({ minutes: [1] })] }),
  ]);
  assert.deepEqual(due.jobsAt(at('2026-04-16T12:00Z')), [2, 9]);
  assert.deepEqual(due.jobsAt(at('2026-04-16T12:01Z')), [2, 5, 9]);
});

test('a job is due by either clock', () => {
  const due = dueOf([job({ schedules: [schedule({ minutes: [0], hours: [9] })] })], [UTC, fixedZone(60)]);
  assert.deepEqual(
    [7, 8, 9, 10].map((hour) => due.isDue(Date.UTC(2026, 3, 16, hour))),
    [false, true, true, false],
  );
});

test('without jobs nothing is due; a line that never fires is due never', () => {
  assert.equal(new DueMinutes([UTC]).isDue(NOW), false);
  const due = new DueMinutes([UTC]);
  due.add(1, [chain({ runAt: '0 0 30 2 *' })]);
  assert.deepEqual(due.jobsAt(NOW), []);
});

test('minutes of a job’s own schedules count in the same way', () => {
  const due = new DueMinutes([UTC]);
  const one = job({
    id: 4,
    schedules: [schedule({ minutes: [5] }), schedule({ minutes: [7] }, { id: 2, enabled: false })],
  });
  due.addMinutes(4, minutesOfJob(one, UTC, NOW));
  assert.deepEqual(due.jobsAt(at('2026-04-16T12:05Z')), [4]);
  assert.equal(due.isDue(at('2026-04-16T12:07Z')), false);
});
