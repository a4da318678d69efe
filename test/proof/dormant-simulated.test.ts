import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JobHistory } from '../../src/model/history.ts';
import { type Dormancy, dormancies } from '../../src/transform/dormant.ts';
import { span } from '../job-builders.ts';
import {
  at,
  DAY,
  FIRST,
  healthyJob,
  historyAt,
  jobAt,
  LAST,
  live,
  nextDue,
  type Rhythm,
  type SimulatedJob,
  someDowntimes,
  type World,
} from './pgagent-years.ts';
import { Dice } from './random-schedules.ts';

const HEALTHY = 200;
const HOSTS = ['h1', 'h2'];
const HOUR = 3_600_000;

/** A year of healthy jobs, and moments in it at which somebody plans to move them. */
function year(seed: number, more: Partial<World> = {}) {
  const dice = new Dice(seed);
  const agents = someDowntimes(dice, HOSTS);
  if (more.restore)
    for (const downs of agents.values()) downs.push({ from: more.restore.backup, to: more.restore.restored });
  const world: World = { agents, restore: null, emptied: null, ...more };
  const lives = span(1, HEALTHY).map((id) => live(healthyJob(dice, id, HOSTS), world));
  const moments = [
    ...span(0, 12).map((index) => FIRST + 30 * DAY + index * 25 * DAY + dice.between(0, 86_399) * 1_000),
    // An agent has just started, and has not taken all that is overdue.
    ...(agents
      .get('h1')
      ?.slice(0, 9)
      .map(({ to }) => to + 8_000) ?? []),
    ...(more.restore ? [more.restore.restored + HOUR, more.restore.restored + 5 * DAY] : []),
    LAST,
  ].filter((moment) => moment > FIRST && moment <= LAST);
  return { world, lives, moments };
}

/** Not created yet. */
const NOT_THERE = { enabled: false } as JobHistory;

const findings = (
  { all, own }: ReturnType<typeof historyAt>,
  jobs: readonly SimulatedJob[],
): readonly string[] =>
  jobs.flatMap((job) =>
    dormancies(jobAt(job, all.at), own.get(job.id) ?? NOT_THERE, all).map(
      (found) => `${job.id} at ${new Date(all.at).toISOString()}: ${JSON.stringify(found)}`,
    ),
  );

describe('a year of 200 healthy jobs gives no finding', () => {
  const restored = FIRST + 250 * DAY;
  const years: readonly (readonly [string, number, Partial<World>])[] = [
    ['with downtimes, long runs, failures, and owners who change them', 1, {}],
    ['with a backup that was restored', 3, { restore: { backup: restored - 12 * DAY, restored } }],
    ['with a log that was emptied', 4, { emptied: restored }],
  ];
  for (const [name, seed, more] of years)
    test(name, () => {
      const { world, lives, moments } = year(seed, more);
      assert.ok(lives.reduce((sum, { runs }) => sum + runs.length, 0) > 100_000);
      for (const moment of moments)
        assert.deepEqual(
          findings(
            historyAt(lives, world, moment),
            lives.map(({ job }) => job),
          ),
          [],
        );
    });
});

describe('among 200 healthy jobs each kind of sick job is found', () => {
  const { world, lives } = year(5);
  const nightly = (id: number, more: Partial<SimulatedJob> = {}): SimulatedJob => ({
    id,
    hostAgent: '',
    phases: [{ from: FIRST, rhythm: DAILY, enabled: true }],
    run: () => ({ duration: 60_000, status: 's' }),
    ...more,
  });
  const [DAILY] = at(2, 0) as [Rhythm];
  /** The due minutes after a moment, counted one by one. */
  const dueAfter = (moment: number): number => {
    let count = 0;
    for (let due = nextDue(DAILY, moment); due <= LAST; due = nextDue(DAILY, due)) count += 1;
    return count;
  };
  const found = (
    job: SimulatedJob,
    more: Partial<JobHistory> = {},
    agents = world.agents,
  ): readonly Dormancy[] => {
    const { all, own } = historyAt([...lives, live(job, { ...world, agents })], world, LAST);
    return dormancies(jobAt(job, LAST), { ...(own.get(job.id) ?? NOT_THERE), ...more }, all);
  };

  test('it failed in all runs', () => {
    const job = nightly(901, { run: () => ({ duration: 1_000, status: 'f' }) });
    assert.deepEqual(
      found(job).map(({ kind }) => kind),
      ['always-failed'],
    );
  });
  test('it has no next run', () =>
    assert.deepEqual(found(nightly(902), { nextRun: null }), [
      { kind: 'next-run-missing', next: nextDue(DAILY, LAST) },
    ]));
  test('its next run was put off', () =>
    assert.deepEqual(found(nightly(903), { nextRun: Infinity }), [
      { kind: 'next-run-late', nextRun: Infinity, next: nextDue(DAILY, LAST) },
    ]));
  test('the agent of its host is gone', () => {
    const gone = LAST - 50 * DAY;
    const job = nightly(904, { hostAgent: 'h9' });
    const agents = new Map([...world.agents, ['h9', [{ from: gone, to: Infinity }]]]);
    const [last] = live(job, { ...world, agents }).runs.slice(-1);
    assert.deepEqual(found(job, {}, agents), [
      { kind: 'not-run', due: dueAfter(gone), last: last?.start, next: nextDue(DAILY, LAST) },
    ]);
  });
  test('its host never had an agent', () => {
    const job = nightly(905, {
      hostAgent: 'h9',
      phases: [{ from: LAST - 60 * DAY, rhythm: DAILY, enabled: true }],
    });
    assert.deepEqual(found(job), [
      { kind: 'not-run', due: dueAfter(LAST - 60 * DAY), last: null, next: nextDue(DAILY, LAST) },
    ]);
  });
  test('an agent that died holds it', () => {
    const taken = LAST - 40 * DAY + 2 * HOUR;
    const held = found(nightly(906), {
      taken: 'by-dead-agent',
      nextRun: taken,
      lastRun: taken,
      lastEnd: null,
    });
    assert.deepEqual(held, [
      { kind: 'not-run', due: dueAfter(taken), last: taken, next: nextDue(DAILY, LAST) },
    ]);
  });
});
