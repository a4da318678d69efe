import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type History, type JobHistory, LOG_CODES, NO_RUNS } from '../../src/model/history.ts';
import type { Job } from '../../src/model/job.ts';
import { UTC } from '../../src/model/zone.ts';
import * as rules from '../../src/transform/advisories/dormant.ts';
import { type Dormancy, dormancies } from '../../src/transform/dormant.ts';
import { planJob } from '../../src/transform/plan-job.ts';
import { codes, context, exception, job, schedule, span } from '../job-builders.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Thursday. */
const AT = Date.UTC(2026, 3, 16, 12);
const TOMORROW = Date.UTC(2026, 3, 17, 2);

const NIGHTLY = job({ id: 1, schedules: [schedule({ hours: [2], minutes: [0] })] });

/** Created long ago, ran last night. */
const HEALTHY: JobHistory = {
  enabled: true,
  host: 'any',
  nextRun: TOMORROW,
  created: AT - 400 * DAY,
  taken: 'no',
  lastRun: AT - 10 * HOUR,
  age: 0,
  ...NO_RUNS,
};

/** Job 2 ran every six hours; all rows came at once. */
const OTHERS: History = {
  at: AT,
  zone: UTC,
  isLogReadable: true,
  isInUse: true,
  latest: [],
  sample: span(0, 359).map((index) => ({
    jobId: 2,
    host: 'any',
    start: AT - 90 * DAY + index * 6 * HOUR,
    age: 5,
  })),
  logged: new Map(),
};
const { sample: SAMPLE } = OTHERS;

const found = (
  own: Partial<JobHistory>,
  more: Partial<History> = {},
  of: Job = NIGHTLY,
): readonly Dormancy[] => dormancies(of, { ...HEALTHY, ...own }, { ...OTHERS, ...more });
const kinds = (...args: Parameters<typeof found>): readonly string[] =>
  found(...args).map(({ kind }) => kind);

test('a job in order and a disabled one give no finding', () => {
  assert.deepEqual(found({}), []);
  assert.deepEqual(found({ enabled: false, nextRun: null }), []);
});

describe('failed in all runs', () => {
  const failed = { runs: 4, failures: 4, firstStart: AT - 3 * DAY, lastStart: AT - 2 * DAY };
  test('four of them over a day', () =>
    assert.deepEqual(found(failed), [
      { kind: 'always-failed', runs: 4, first: AT - 3 * DAY, last: AT - 2 * DAY },
    ]));
  test('three, a success among them, or all within a day say nothing', () => {
    assert.deepEqual(found({ ...failed, runs: 3, failures: 3 }), []);
    assert.deepEqual(found({ ...failed, failures: 3 }), []);
    assert.deepEqual(found({ ...failed, firstStart: AT - 3 * DAY + 1 }), []);
  });
});

describe('jobnextrun', () => {
  test('NULL', () =>
    assert.deepEqual(found({ nextRun: null }), [{ kind: 'next-run-missing', next: TOMORROW }]));
  test('NULL of every job, none of which ever ran, is a source that was only just loaded', () => {
    assert.deepEqual(found({ nextRun: null }, { isInUse: false, sample: [] }), []);
    assert.deepEqual(kinds({ nextRun: null }, { isInUse: false }), ['next-run-missing']);
    assert.deepEqual(kinds({ nextRun: null }, { sample: [] }), ['next-run-missing']);
  });
  test('later than a session in any time zone would have computed', () => {
    assert.deepEqual(found({ nextRun: TOMORROW + 27 * HOUR }), []);
    assert.deepEqual(found({ nextRun: TOMORROW + 27 * HOUR + 1 }), [
      { kind: 'next-run-late', nextRun: TOMORROW + 27 * HOUR + 1, next: TOMORROW },
    ]);
    assert.deepEqual(kinds({ nextRun: Infinity }), ['next-run-late']);
  });
  test('of a job without a minute to come says nothing', () => {
    const over = job({ schedules: [schedule({ hours: [2], minutes: [0] }, { end: AT - DAY })] });
    assert.deepEqual(found({ nextRun: null }, {}, over), []);
    assert.deepEqual(found({ nextRun: null }, {}, job({ schedules: [] })), []);
    assert.deepEqual(
      found({ nextRun: null }, {}, job({ schedules: [schedule({}, { enabled: false })] })),
      [],
    );
  });
});

describe('a next run that nobody made', () => {
  const missed = { nextRun: Date.UTC(2026, 2, 16, 2), lastRun: Date.UTC(2026, 2, 15, 2) };
  test('counts the due minutes since, the missed one included', () =>
    // 16 March to 16 April, at 02:00 each.
    assert.deepEqual(found(missed), [
      { kind: 'not-run', due: 32, last: Date.UTC(2026, 2, 15, 2), next: TOMORROW },
    ]));
  test('counts no minute of an exception, and none from before the job was made', () => {
    const except = job({
      schedules: [schedule({ hours: [2], minutes: [0] }, { exceptions: [exception('2026-03-20', null)] })],
    });
    assert.equal((found(missed, {}, except)[0] as { due: number }).due, 31);
    assert.equal((found({ ...missed, created: Date.UTC(2026, 3, 10) })[0] as { due: number }).due, 7);
  });
  test('never ran', () => assert.deepEqual(kinds({ ...missed, lastRun: null }), ['not-run']));
  test('while no job ran says nothing, and the job itself is no other', () => {
    const until = missed.nextRun + HOUR;
    const upTo = (last: number) => ({ sample: SAMPLE.filter(({ start }) => start <= last) });
    assert.deepEqual(found(missed, upTo(until)), []);
    const run = { jobId: 2, host: 'any', start: until + 1 };
    assert.deepEqual(kinds(missed, { ...upTo(until), latest: [run] }), ['not-run']);
    assert.deepEqual(kinds(missed, { ...upTo(until), latest: [{ ...run, start: until }] }), []);
    assert.deepEqual(kinds(missed, { ...upTo(until), latest: [{ ...run, jobId: 1 }] }), []);
  });
  test('while an agent holds it says nothing, unless that agent is gone', () => {
    assert.deepEqual(found({ ...missed, taken: 'by-agent' }), []);
    assert.deepEqual(kinds({ ...missed, taken: 'by-dead-agent' }), ['not-run']);
    const lately = (days: number) => ({
      nextRun: AT - days * DAY - 10 * HOUR,
      lastRun: AT - days * DAY - 34 * HOUR,
    });
    assert.deepEqual(kinds({ ...lately(13), taken: 'by-dead-agent' }), []);
    assert.deepEqual(kinds({ ...lately(14), taken: 'by-dead-agent' }), ['not-run']);
    assert.deepEqual(kinds(lately(13)), ['not-run']);
  });
  test('of a host whose agent is down says nothing for two weeks', () => {
    const ofHost = job({ ...NIGHTLY, hostAgent: 'h9' });
    const since = (days: number) => ({
      host: 'key 9',
      nextRun: AT - days * DAY - 10 * HOUR,
      lastRun: AT - 80 * DAY,
    });
    assert.deepEqual(kinds(since(13), {}, ofHost), []);
    assert.deepEqual(kinds(since(14), {}, ofHost), ['not-run']);
    const latest = [{ jobId: 3, host: 'key 9', start: AT - DAY }];
    assert.deepEqual(kinds(since(13), { latest }, ofHost), ['not-run']);
  });
  test('a day is not enough, and a run of the last minutes is no sign of an agent', () => {
    assert.deepEqual(found({ nextRun: AT - 10 * HOUR, lastRun: AT - 34 * HOUR }), []);
    const run = (start: number) => ({ sample: [], latest: [{ jobId: 2, host: 'any', start }] });
    assert.deepEqual(kinds(missed, run(AT - 15 * 60_000)), []);
    assert.deepEqual(kinds(missed, run(AT - 15 * 60_000 - 1)), ['not-run']);
  });
});

describe('a job that did not run although jobnextrun is in order', () => {
  // At 02:00 on the 9th to the 16th.
  const since = { lastRun: Date.UTC(2026, 3, 8, 2) };
  test('three due minutes of a week', () => {
    assert.deepEqual(found(since), [{ kind: 'not-run', due: 8, last: since.lastRun, next: TOMORROW }]);
    assert.deepEqual(found({ lastRun: Date.UTC(2026, 3, 9, 12) }), [
      { kind: 'not-run', due: 7, last: Date.UTC(2026, 3, 9, 12), next: TOMORROW },
    ]);
    assert.deepEqual(found({ lastRun: Date.UTC(2026, 3, 9, 12) + 1 }), []);
    assert.deepEqual(kinds({ lastRun: null }), ['not-run']);
  });
  test('a job of the last days', () => assert.deepEqual(found({ lastRun: null, created: AT - 6 * DAY }), []));
  test('minutes while no job ran do not count', () => {
    const gap = (to: number) => SAMPLE.filter(({ start }) => start < Date.UTC(2026, 3, 9) || start > to);
    assert.deepEqual(kinds(since, { sample: gap(Date.UTC(2026, 3, 13, 3)) }), ['not-run']);
    assert.deepEqual(kinds(since, { sample: gap(Date.UTC(2026, 3, 14, 3)) }), []);
  });
  test('nothing counts before the log begins', () =>
    assert.deepEqual(found(since, { sample: SAMPLE.filter(({ start }) => start > AT - 6 * DAY) }), []));
  test('nothing counts before the job was last written, where rows lie as runs write them', () => {
    const sample = (distance: number) =>
      SAMPLE.map((run, index) => ({ ...run, age: (360 - index) * distance }));
    // The row of the job is older than those of the last so many runs.
    const written = (runs: number, distance: number) =>
      kinds({ ...since, age: runs * distance }, { sample: sample(distance) });
    // 32 runs ago: on 8 April at 12:00; 20 runs ago: on the 11th.
    assert.deepEqual([written(32, 10), written(20, 10), written(20, 3)], [['not-run'], [], []]);
    assert.deepEqual(written(20, 2), ['not-run']);
  });
});

describe('in a plan', () => {
  const past = (own: Partial<JobHistory> = {}) => ({ own: { ...HEALTHY, ...own }, all: OTHERS });
  const missing = past({ nextRun: null, lastSuccess: Date.UTC(2026, 0, 5, 2) });
  test('a warning says the last success and what changes', () => {
    const { advisories, chains, isDormant } = planJob(NIGHTLY, context({ history: missing }));
    const said = advisories.find(({ code }) => code === 'next-run-missing');
    assert.equal(
      said?.message,
      'is enabled and has no next run (pga_job.jobnextrun is NULL), so pgAgent does not run it. Its last success was on 2026-01-05 02:00. After the move its chains run when they are due, first on 2026-04-17 02:00. To create them paused: --pause-dormant',
    );
    assert.deepEqual([chains[0]?.live, isDormant], [true, undefined]);
  });
  test('--pause-dormant creates the chains paused; a healthy job stays live; a job without chains has no word', () => {
    const of = (history: typeof missing, planned = NIGHTLY) =>
      planJob(planned, context({ history, options: { pauseDormant: true } }));
    const { advisories, chains, isDormant } = of(missing);
    assert.deepEqual([chains[0]?.live, isDormant], [false, true]);
    assert.ok(codes(advisories).includes('paused-as-dormant'));
    assert.deepEqual([of(past()).chains[0]?.live, of(past()).isDormant], [true, undefined]);
    assert.deepEqual(of(missing, job({ schedules: [] })).advisories, []);
  });
  test('a job of which it was decided before stays paused, whatever the log says', () => {
    const { chains, isDormant } = planJob(NIGHTLY, context({ options: { pauseDormant: 'held' } }));
    assert.deepEqual([chains[0]?.live, isDormant], [false, true]);
  });
});

test('what depends on the log is known by its code', () =>
  assert.deepEqual(
    Object.values(rules)
      .map(({ code }) => code)
      .filter((code) => code !== 'paused-as-dormant')
      .sort(),
    [...LOG_CODES].sort(),
  ));
