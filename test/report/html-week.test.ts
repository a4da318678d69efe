import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCronLine } from '../../src/model/cron-line.ts';
import type { Job } from '../../src/model/job.ts';
import type { WeekPicture } from '../../src/model/week-picture.ts';
import { UTC, type Zone } from '../../src/model/zone.ts';
import { planJob } from '../../src/transform/plan-job.ts';
import type { Condition } from '../../src/transform/schedule/condition.ts';
import type { Piece } from '../../src/transform/schedule/firing-set.ts';
import { nextRuns } from '../../src/transform/schedule/next-runs.ts';
import { Scheduler } from '../../src/transform/week/firing-minutes.ts';
import { MINUTE, nextFullWeeks } from '../../src/transform/week/period.ts';
import { WeekCounts } from '../../src/transform/week/week-counts.ts';
import { context, exception, job, NOW, schedule, span, sqlStep } from '../job-builders.ts';
import { BERLIN, fixedZone } from '../zones.ts';

type Options = NonNullable<NonNullable<Parameters<typeof context>[0]>['options']>;

interface Given {
  readonly now?: number;
  readonly source?: Zone;
  readonly target?: Zone;
  readonly options?: Options;
  readonly clients?: number;
}

/** The picture of some jobs, planned as the tool plans them. */
function pictureOf(jobs: readonly Job[], given: Given = {}): WeekPicture {
  const { now = NOW, source = UTC, target = UTC, options = {}, clients = 1 } = given;
  const disablesSource = options.disableSource ?? false;
  const counts = new WeekCounts({ source, target, now, disablesSource, clients });
  for (const one of jobs) counts.add(one, planJob(one, context({ now, zone: target, options })));
  return counts.picture();
}

/** What is not 0: `Mon 09` and the count. */
function filled(counts: readonly number[]): Record<string, number> {
  const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
  return Object.fromEntries(
    counts.flatMap((count, place) =>
      count === 0
        ? []
        : [[`${days[Math.floor(place / 24)]} ${String(place % 24).padStart(2, '0')}`, count] as const],
    ),
  );
}

const WEEKDAYS_AT_9 = { 'Mon 09': 240, 'Tue 09': 240, 'Wed 09': 240, 'Thu 09': 240, 'Fri 09': 240 };
const at = (hours: readonly number[], minutes: readonly number[]) => ({ hours, minutes });

test('the weeks are the next four full ones, from Monday on by the target’s clock', () => {
  // NOW is Thursday, 16 April 2026, noon UTC.
  const { from, until, weeks } = pictureOf([], { target: BERLIN });
  assert.deepEqual([from, until, weeks], ['2026-04-20T00:00:00+02:00', '2026-05-18T00:00:00+02:00', 4]);
});

test('a week that begins at this very minute is among them, one that has begun is not', () => {
  const monday = Date.UTC(2026, 3, 20);
  assert.equal(pictureOf([], { now: monday }).from, '2026-04-20T00:00:00+00:00');
  assert.equal(pictureOf([], { now: monday + 1 }).from, '2026-04-27T00:00:00+00:00');
  assert.equal(pictureOf([], { now: monday - 1 }).from, '2026-04-20T00:00:00+00:00');
});

test('every minute of an hour on week days is 60 runs a week, on both sides', () => {
  const nine = job({ schedules: [schedule({ minutes: span(0, 59), hours: [9], weekdays: span(1, 5) })] });
  const picture = pictureOf([nine]);
  assert.deepEqual(filled(picture.before), WEEKDAYS_AT_9);
  assert.deepEqual(filled(picture.after), WEEKDAYS_AT_9);
  assert.deepEqual([picture.differingHours, picture.differingJobs], [[], 0]);
});

test('the last minute of the last week counts, the first minute behind it does not', () => {
  const midnight = job({ schedules: [schedule({ ...at([23], [59]), monthDays: [17] })] });
  const behind = job({ id: 2, schedules: [schedule({ ...at([0], [0]), monthDays: [18] })] });
  // 17 May 2026 is the last Sunday of the four weeks, 18 May the Monday behind them.
  assert.deepEqual(filled(pictureOf([midnight, behind]).after), { 'Sun 23': 1 });
});

test('an exception is a run less on both sides: the guard of the chain knows it', () => {
  const daily = job({
    schedules: [
      schedule({ ...at([9], [0]), weekdays: [2] }, { exceptions: [exception('2026-05-05', null)] }),
    ],
  });
  const picture = pictureOf([daily]);
  // Tuesdays: 21 and 28 April, 5 and 12 May; the 5th is taken out.
  assert.deepEqual(filled(picture.before), { 'Tue 09': 3 });
  assert.deepEqual(filled(picture.after), { 'Tue 09': 3 });
  assert.equal(picture.differingJobs, 0);
});

test('a start and an end within the weeks, on one day', () => {
  const window = { start: Date.UTC(2026, 4, 6, 10, 20), end: Date.UTC(2026, 4, 6, 10, 24, 59) };
  const picture = pictureOf([job({ schedules: [schedule({}, window)] })]);
  // 10:20 to 10:24, both included, on a Wednesday.
  assert.deepEqual(filled(picture.before), { 'Wed 10': 5 });
  assert.deepEqual(filled(picture.after), { 'Wed 10': 5 });
});

test('a start in the middle of a day leaves what is behind it', () => {
  const begun = schedule({ ...at([9, 11], [0, 30]), weekdays: [3] }, { start: Date.UTC(2026, 4, 6, 10) });
  const picture = pictureOf([job({ schedules: [begun] })]);
  // Wednesday, 6 May, from 11 o'clock on, and all of 13 May.
  assert.deepEqual(filled(picture.before), { 'Wed 09': 2, 'Wed 11': 4 });
  assert.deepEqual(filled(picture.after), { 'Wed 09': 2, 'Wed 11': 4 });
});

test('a minute of two schedules is one run in pgAgent, and one a chain after', () => {
  const twice = job({
    schedules: [
      schedule({ ...at([9], [0, 30]) }),
      schedule({ ...at([9], [30]), weekdays: [1] }, { id: 2, name: 'more' }),
    ],
  });
  const picture = pictureOf([twice]);
  assert.deepEqual([filled(picture.before)['Mon 09'], filled(picture.after)['Mon 09']], [8, 12]);
  assert.deepEqual([filled(picture.before)['Tue 09'], filled(picture.after)['Tue 09']], [8, 8]);
  assert.deepEqual(picture.differingHours, [9]);
  assert.deepEqual(picture.differences, [
    {
      jobId: 1,
      jobName: 'job',
      lost: 0,
      added: 0,
      repeated: 4,
      isOnEveryClient: false,
      isLive: true,
      hours: [{ hour: 9, before: 8, after: 12 }],
    },
  ]);
  const exact = pictureOf([twice], { options: { overlap: 'exact' } });
  assert.deepEqual([exact.differingJobs, filled(exact.after)['Mon 09']], [0, 8]);
});

test('a minute of three schedules is two runs more', () => {
  const three = [1, 2, 3].map((id) => schedule({ ...at([9], [0]), weekdays: [1] }, { id, name: `s${id}` }));
  const [difference] = pictureOf([job({ schedules: three })]).differences;
  assert.deepEqual([difference?.repeated, difference?.hours], [8, [{ hour: 9, before: 4, after: 12 }]]);
});

test('when clocks go back pgAgent runs a minute of the repeated hour once, pg_timetable twice', () => {
  // 25 October 2026 is the second Sunday of the weeks from 12 October on.
  const given = { now: Date.UTC(2026, 9, 8), source: BERLIN, target: BERLIN };
  const picture = pictureOf([job({ schedules: [schedule(at([2], [30]))] })], given);
  assert.deepEqual([filled(picture.before)['Sun 02'], filled(picture.after)['Sun 02']], [4, 5]);
  assert.deepEqual(picture.differingHours, [6 * 24 + 2]);
  assert.deepEqual(picture.clockChanges, ['2026-10-25T02:00:00+01:00']);
  assert.equal(picture.differences[0]?.added, 1);
});

test('when clocks go forward neither side runs in the hour that is left out', () => {
  const given = { now: Date.UTC(2027, 2, 5), source: BERLIN, target: BERLIN };
  const picture = pictureOf([job({ schedules: [schedule(at([2], [30]))] })], given);
  // Sundays 14, 21 and 28 March, 4 April 2027; 28 March has no 02:30.
  assert.deepEqual([filled(picture.before)['Sun 02'], filled(picture.after)['Sun 02']], [3, 3]);
  assert.equal(picture.differingJobs, 0);
});

test('another clock on the target is other minutes, shown by the target’s clock', () => {
  const nine = job({ schedules: [schedule({ ...at([9], [0]), weekdays: [1] })] });
  const picture = pictureOf([nine], { source: UTC, target: fixedZone(120) });
  assert.deepEqual(filled(picture.before), { 'Mon 11': 4 });
  assert.deepEqual(filled(picture.after), { 'Mon 09': 4 });
  assert.deepEqual(picture.differingHours, [9, 11]);
  assert.deepEqual([picture.differences[0]?.lost, picture.differences[0]?.added], [4, 4]);
});

test('an hour of as many runs in other minutes differs too', () => {
  const late = job({ schedules: [schedule({ ...at([9], [5]), weekdays: [1] })] });
  const picture = pictureOf([late], { source: fixedZone(30), target: fixedZone(60) });
  // 09:05 of the one clock is 09:35 of the other.
  assert.deepEqual([filled(picture.before), filled(picture.after)], [{ 'Mon 09': 4 }, { 'Mon 09': 4 }]);
  assert.deepEqual(picture.differingHours, [9]);
});

test('a chain that is not live does not run', () => {
  const nine = job({ schedules: [schedule({ ...at([9], [0]), weekdays: [1] })] });
  const paused = pictureOf([nine], { options: { paused: true } });
  assert.deepEqual([filled(paused.before), filled(paused.after)], [{ 'Mon 09': 4 }, {}]);
  assert.deepEqual([paused.waitingJobs, paused.differences[0]?.isLive], [1, false]);
  const off = pictureOf([{ ...nine, enabled: false }]);
  assert.deepEqual([filled(off.before), filled(off.after), off.differingJobs], [{}, {}, 0]);
});

test('a job that stays on pgAgent runs there before and after, and is named as staying', () => {
  const steps = [sqlStep({ connection: { kind: 'database', name: 'elsewhere' } })];
  const stays = job({ steps, schedules: [schedule({ ...at([9], [0]), weekdays: [1] })] });
  const picture = pictureOf([stays, { ...stays, id: 2, enabled: false }]);
  assert.deepEqual(filled(picture.before), { 'Mon 09': 4 });
  assert.deepEqual(filled(picture.after), { 'Mon 09': 4 });
  assert.deepEqual([picture.stayingJobs, picture.differingJobs], [1, 0]);
});

test('with --disable-source a job that moves in part stays on pgAgent, without it its chains count', () => {
  const steps = [sqlStep(), sqlStep({ id: 2, connection: { kind: 'database', name: 'elsewhere' } })];
  const part = job({ steps, schedules: [schedule({ ...at([9], [0]), weekdays: [1] })] });
  const options = { partial: true };
  assert.deepEqual(pictureOf([part], { options }).stayingJobs, 0);
  const kept = pictureOf([part], { options: { ...options, disableSource: true } });
  assert.deepEqual([kept.stayingJobs, kept.waitingJobs, filled(kept.after)], [1, 0, { 'Mon 09': 4 }]);
});

test('a chain of no client runs once on each of the clients, a bound one on its own', () => {
  const nine = { ...at([9], [0]), weekdays: [1] };
  const unbound = job({ schedules: [schedule(nine)] });
  const bound = job({ id: 2, hostAgent: 'node1', schedules: [schedule(nine)] });
  const picture = pictureOf([unbound, bound], { clients: 3 });
  assert.deepEqual(filled(picture.before), { 'Mon 09': 8 });
  assert.deepEqual(filled(picture.after), { 'Mon 09': 16 });
  assert.equal(picture.clients, 3);
  assert.deepEqual(
    picture.differences.map(({ jobId, repeated, isOnEveryClient }) => [jobId, repeated, isOnEveryClient]),
    [[1, 8, true]],
  );
  assert.equal(pictureOf([unbound, bound], { clients: 1 }).differingJobs, 0);
});

test('jobs that run in every hour of the week are left out of a second count', () => {
  const hourly = job({ schedules: [schedule({ minutes: [5] })] });
  const staying = job({
    id: 2,
    steps: [sqlStep({ connection: { kind: 'database', name: 'elsewhere' } })],
    schedules: [schedule({ minutes: [5, 6] })],
  });
  // One hour of the week is missing: Sunday's last.
  const nearly = [
    schedule({ minutes: [0], hours: span(0, 22) }),
    schedule({ minutes: [0], hours: [23], weekdays: span(1, 6) }, { id: 2, name: 'late' }),
  ];
  const { before, after, others } = pictureOf([hourly, staying, job({ id: 3, schedules: nearly })]);
  // Four weeks of one run, of two, and of one.
  assert.deepEqual([before[0], after[0], after[6 * 24 + 23]], [16, 16, 12]);
  assert.deepEqual([others.before[0], others.after[0], others.after[6 * 24 + 23]], [4, 4, 0]);
  assert.deepEqual([others.leftOut, others.leftOutDiffering, others.differingHours], [2, 0, []]);
});

test('a job of every hour that differs is left out too, and counted', () => {
  const hourly = job({ schedules: [schedule({ minutes: [5] })] });
  const nine = job({ id: 2, schedules: [schedule({ ...at([9], [0]), weekdays: [1] })] });
  const { differingHours, others } = pictureOf([hourly, nine], { options: { paused: true } });
  assert.equal(differingHours.length, 168);
  assert.deepEqual([others.leftOut, others.leftOutDiffering, others.differingHours], [1, 1, [9]]);
  assert.deepEqual([filled(others.before), filled(others.after)], [{ 'Mon 09': 4 }, {}]);
});

test('the busiest minutes are those in which most chains start, minutes of the same chains as one', () => {
  const one = (id: number, chosen: Parameters<typeof schedule>[0]): Job =>
    job({ id, name: `job ${id}`, schedules: [schedule(chosen)] });
  const picture = pictureOf([
    one(1, at([2], [0])),
    one(2, at([2], [0])),
    one(3, { ...at([2], [0]), weekdays: [0] }),
    one(4, at([5], [7])),
  ]);
  assert.deepEqual(
    picture.busiest.map(({ first, minutes, starts, chainNames }) => [
      first,
      minutes,
      starts,
      [...chainNames].sort(),
    ]),
    [
      ['2026-04-26T02:00:00+00:00', 4, 3, ['job 1 @ often', 'job 2 @ often', 'job 3 @ often']],
      ['2026-04-20T02:00:00+00:00', 24, 2, ['job 1 @ often', 'job 2 @ often']],
    ],
  );
});

test('ten lines of busiest minutes at the most', () => {
  const jobs = span(0, 11).flatMap((hour) =>
    [1, 2].map((n) =>
      job({ id: 2 * hour + n, name: `job ${hour} ${n}`, schedules: [schedule(at([hour], [0]))] }),
    ),
  );
  const { busiest } = pictureOf(jobs);
  assert.equal(busiest.length, 10);
  assert.equal(busiest[9]?.first, '2026-04-20T09:00:00+00:00');
});

/** Of a day in each of the periods below. */
const PART_OF_A_DAY: Condition = {
  kind: 'not-at',
  stretches: [
    { from: Date.UTC(2026, 9, 14, 1, 20), before: Date.UTC(2026, 9, 14, 2) },
    { from: Date.UTC(2027, 2, 10, 1, 20), before: Date.UTC(2027, 2, 10, 2) },
  ],
};

test('the minutes of a line are those that next-runs finds, whatever the clocks do', () => {
  const lines = ['*/7 * * * *', '0,30 1-3 * * 0', '59 23 25 10 *', '0 0 * * 1', '15 */5 1/3 * *'];
  for (const [zone, now] of [
    [BERLIN, Date.UTC(2026, 9, 8)],
    [BERLIN, Date.UTC(2027, 2, 5)],
    [fixedZone(-345), Date.UTC(2026, 9, 8)],
  ] as const) {
    const period = nextFullWeeks(BERLIN, now, 4);
    const scheduler = new Scheduler(zone, period, 'both');
    for (const line of lines) {
      const product = readCronLine(line);
      assert.ok(product);
      const piece: Piece = { product, conditions: [PART_OF_A_DAY] };
      const found: number[] = [];
      scheduler.minutesOf(piece).forEach((minute) => {
        found.push(period.start + minute * MINUTE);
      });
      const other = nextRuns([piece], zone, period.start - 1, 60_000).map(({ instant }) => instant);
      assert.deepEqual(
        found,
        other.filter((instant) => instant < period.end),
        `${line} in ${zone.name}`,
      );
    }
  }
});
