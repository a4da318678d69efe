import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Failure } from '../../src/model/failure.ts';
import type { JobPlan, PlanHeader } from '../../src/model/plan.ts';
import { Comparison, type SavedPlan } from '../../src/saved-plan/comparison.ts';
import { keyPlace, readPlanKey } from '../../src/saved-plan/key.ts';
import { Seal } from '../../src/saved-plan/seal.ts';
import { chain, jobPlan, task } from '../job-builders.ts';
import { HEADER } from '../report/samples.ts';

const NOW = Date.parse(HEADER.plannedAt);
const KEY = readPlanKey(keyPlace({ PGA2TIMETABLE_PLAN_KEY: 'sixteen letters!' }), false);

function saved(
  jobs: readonly JobPlan[],
  header: PlanHeader = HEADER,
  more: Partial<SavedPlan> = {},
): SavedPlan {
  const seal = new Seal(() => KEY);
  return {
    file: 'plan.json',
    plannedAt: Date.parse(header.plannedAt),
    header: seal.header(header),
    jobs: new Map(jobs.map((job) => [job.jobId, seal.job(job)])),
    ...seal.tail,
    key: seal.tail.secretKey === null ? null : KEY,
    targetAddress: { host: 'h', port: 5432 },
    ...more,
  };
}

function compared(
  plan: SavedPlan,
  jobs: readonly JobPlan[],
  header: PlanHeader = HEADER,
  sourceNow = NOW,
): { failure: Failure | null; notes: readonly string[] } {
  const comparison = new Comparison(plan, header, sourceNow);
  for (const job of jobs) comparison.add(job, job);
  return { failure: comparison.failure(), notes: comparison.notes() };
}

const details = (...given: Parameters<typeof compared>): readonly string[] =>
  compared(...given).failure?.details ?? [];

const other = (id: number): JobPlan => jobPlan({ jobId: id, chains: [chain({ runAt: '1 1 1 1 1' })] });

describe('a saved plan', () => {
  test('fits what it was made of, passwords too', () => {
    const secret = task({ command: "ALTER ROLE me PASSWORD 'open sesame'" });
    const jobs = [jobPlan(), jobPlan({ jobId: 2, chains: [chain({ tasks: [secret] })] })];
    assert.deepEqual(compared(saved(jobs), jobs), { failure: null, notes: [] });
  });

  test('of no job fits no job', () => {
    assert.equal(compared(saved([]), []).failure, null);
  });

  test('does not fit a job that is new, or gone, where it has chains', () => {
    const idle = jobPlan({ jobId: 5, moved: 'none', chains: [] });
    assert.deepEqual(details(saved([]), [jobPlan(), idle]), ['job 1 "job" is new']);
    assert.deepEqual(details(saved([jobPlan(), idle]), []), ['job 1 "job" is gone']);
  });

  test('is a conflict that names the file', () => {
    const { failure } = compared(saved([]), [jobPlan()]);
    assert.equal(failure?.code, 'conflict');
    assert.match(failure?.message ?? '', /plan\.json no longer fits/);
  });

  for (const [count, expected] of [
    [20, 20],
    [21, 21],
    [100, 21],
  ] as const) {
    test(`of which ${count} jobs changed takes ${expected} lines`, () => {
      const ids = Array.from({ length: count }, (_, index) => index + 1);
      const lines = details(saved(ids.map((jobId) => jobPlan({ jobId }))), ids.map(other));
      assert.equal(lines.length, expected);
      assert.equal(lines.at(-1)?.startsWith('and '), count > 20);
      if (count > 20) assert.equal(lines.at(-1), `and ${count - 20} more`);
    });
  }

  test('gives one job five lines', () => {
    const chains = (runAt: string): JobPlan =>
      jobPlan({ chains: Array.from({ length: 8 }, (_, at) => chain({ chainName: `c${at}`, runAt })) });
    const lines = details(saved([chains('1 1 1 1 1'), jobPlan({ jobId: 2 })]), [chains('2 2 2 2 2')]);
    assert.equal(lines.length, 7);
    assert.deepEqual(lines.slice(-2), ['job 2 "job" is gone', 'and 3 more']);
  });

  test('without digests fits jobs without passwords, and no others', () => {
    const plan = saved([jobPlan()], HEADER, { secretKey: undefined });
    assert.equal(compared(plan, [jobPlan()]).failure, null);
    const masked = jobPlan({ chains: [chain({ tasks: [task({ command: "ALTER ROLE me PASSWORD 'x'" })] })] });
    assert.equal(compared({ ...plan, jobs: new Map([[1, masked]]) }, [masked]).failure?.details.length, 1);
  });
});

describe('the two databases', () => {
  const at = (side: 'source' | 'target', more: Partial<PlanHeader['source']>): PlanHeader => ({
    ...HEADER,
    [side]: { ...HEADER[side], ...more },
  });
  for (const side of ['source', 'target'] as const) {
    test(`are told by name: ${side}`, () => {
      const was = HEADER[side].database;
      assert.deepEqual(details(saved([jobPlan()]), [other(1)], at(side, { database: 'b' })), [
        `the ${side} was the database "${was}", is "b"`,
      ]);
    });
    test(`are told by cluster, at the same address too: ${side}`, () => {
      assert.deepEqual(details(saved([]), [], at(side, { identity: '1' })), [
        `the ${side} is on another server`,
      ]);
    });
    test(`are the same at another address: ${side}`, () => {
      const { failure, notes } = compared(saved([]), [], at(side, { host: '[::1]:6000' }));
      assert.equal(failure, null);
      assert.deepEqual(notes, [`the address of the ${side} was db1.example.org:5432, is [::1]:6000`]);
    });
    test(`are told by address where the cluster cannot be seen: ${side}`, () => {
      const unseen = at(side, { identity: null, host: 'h:1' });
      assert.equal(details(saved([]), [], unseen).length, 1);
      assert.equal(details(saved([], unseen), []).length, 1);
      assert.deepEqual(details(saved([], unseen), [], unseen), []);
      const hidden = at(side, { identity: null });
      assert.deepEqual(details(saved([]), [], hidden), []);
      assert.deepEqual(details(saved([], hidden), []), []);
    });
    test(`go by the same clock: ${side}`, () => {
      assert.deepEqual(details(saved([]), [], at(side, { timeZone: 'UTC' })), [
        `TimeZone of the ${side} was Europe/Berlin, is UTC`,
      ]);
    });
    test(`may have been brought up to date: ${side}`, () => {
      const { failure, notes } = compared(saved([]), [], at(side, { serverVersion: '15.8', user: 'you' }));
      assert.equal(failure, null);
      assert.equal(notes.length, 2);
    });
  }
});

describe('its instant', () => {
  test('may lie a minute ahead of the source’s clock, and no more', () => {
    assert.deepEqual(details(saved([]), [], HEADER, NOW - 60_000), []);
    assert.match(
      details(saved([]), [], HEADER, NOW - 60_001)[0] ?? '',
      /clock of the source has not reached/,
    );
  });

  test('is not this moment: what is over since is a note', () => {
    const comparison = new Comparison(saved([jobPlan()]), HEADER, NOW);
    const over = { reason: 'schedule-over' as const, message: 'm', scheduleId: 7 };
    comparison.add(jobPlan(), jobPlan({ skipped: [over], expiredExceptions: 1 }));
    assert.equal(comparison.failure(), null);
    assert.deepEqual(comparison.notes(), [
      'job 1 "job": schedule 7 is over since the plan was made; its chain is written and never fires',
      'job 1 "job": the day of an exception is over since the plan was made',
    ]);
  });

  test('is not this moment: what is active since is a note', () => {
    const early = { reason: 'schedule-not-active' as const, message: 'm', scheduleId: 7 };
    const then = jobPlan({ skipped: [early] });
    const comparison = new Comparison(saved([then]), HEADER, NOW);
    comparison.add(then, jobPlan());
    assert.deepEqual(comparison.notes(), [
      'job 1 "job": schedule 7 is active since the plan was made, which leaves it out',
    ]);
  });
});

describe('masked options', () => {
  const header = (stepConninfo: string, shell = 'sh'): PlanHeader => ({
    ...HEADER,
    options: { ...HEADER.options, stepConninfo, shell },
  });
  test('are held against what is given again', () => {
    const was = header('host=h user=me password=open', 'env PGPASSWORD=open sh -c');
    assert.deepEqual(details(saved([], was), [], was), []);
    assert.deepEqual(
      details(saved([], was), [], header('host=h user=me password=shut', 'env PGPASSWORD=open sh -c')),
      ['--step-conninfo is not what the plan was made with'],
    );
    assert.deepEqual(
      details(saved([], was), [], header('host=h user=me password=open', 'env PGPASSWORD=shut sh -c')),
      ['--shell is not what the plan was made with'],
    );
  });
});
