import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Job } from '../../src/model/job.ts';
import { type Advisory, type JobPlan, type Severity, summarySchema } from '../../src/model/plan.ts';
import { Tally } from '../../src/planning/tally.ts';
import { totals } from '../../src/report/totals.ts';
import { planJob } from '../../src/transform/plan-job.ts';
import { batchStep, chain, context, job, jobPlan, schedule, sqlStep, task } from '../job-builders.ts';

const note = (severity: Severity): Advisory => ({ code: 'x', severity, message: 'x', link: 'x' });

test('a job that is skipped does not count as moved', () => {
  const tally = new Tally();
  tally.add({ ...planJob(job({}), context({})), action: 'skip' });
  tally.add({ ...planJob(job({}), context({})), action: 'create' });
  const { jobs, jobsMoved, jobsSkipped } = tally.summary(true);
  assert.deepEqual({ jobs, jobsMoved, jobsSkipped }, { jobs: 2, jobsMoved: 1, jobsSkipped: 1 });
});

test('each job is counted once as moved or not, its chains, tasks and parameters each', () => {
  const tally = new Tally();
  // Whole: two chains, one of them not live; three tasks, one of them with two rows of parameters.
  tally.add(
    jobPlan({
      action: 'keep',
      chains: [chain({ tasks: [task(), task({ parameters: [['a'], ['b']] })] }), chain({ live: false })],
      advisories: [note('info'), note('warning')],
    }),
    true,
  );
  tally.add(
    jobPlan({
      action: 'replace',
      moved: 'part',
      advisories: [note('error')],
      skipped: [{ reason: 'step-not-carried', message: '' }],
      expiredExceptions: 2,
    }),
  );
  tally.add(
    jobPlan({
      action: 'skip',
      moved: 'none',
      chains: [],
      expiredExceptions: 3,
      advisories: [note('error'), note('error')],
      skipped: [{ reason: 'job-left-out', message: '' }],
    }),
  );
  tally.add(
    jobPlan({
      moved: 'none',
      chains: [],
      skipped: [
        { reason: 'schedule-disabled', message: '' },
        { reason: 'job-cannot-run', message: '' },
      ],
    }),
  );
  tally.addAdvisories([note('info'), note('info')]);
  const summary = tally.summary(false);
  assert.deepEqual(summary, {
    jobs: 4,
    jobsMoved: 1,
    jobsMovedInPart: 1,
    jobsThatCannotRun: 1,
    jobsLeftOut: 1,
    jobsKept: 1,
    jobsReplaced: 1,
    jobsSkipped: 1,
    jobsSwitched: 1,
    chains: 3,
    liveChains: 2,
    tasks: 4,
    parameters: 2,
    skipped: 4,
    expiredExceptions: 5,
    advisories: { info: 3, warning: 1, error: 3 },
    groups: { unchanged: 0, paused: 0, decide: 2, stay: 1, notScheduled: 1, excluded: 0 },
    written: false,
  });
  assert.deepEqual(summarySchema.parse(summary), summary);
  assert.equal(tally.summary(true).written, true);
});

test('totals() says each number, in one line', () => {
  const tally = new Tally();
  tally.add(jobPlan({ advisories: [note('warning')] }));
  const line = totals(tally.summary(false));
  assert.equal(line.split('\n').length, 1);
  for (const part of [
    '1 job:',
    '1 to move',
    '0 not scheduled',
    '0 left out',
    '1 chain (1 live)',
    '1 task.',
    '0 skipped',
    '0 errors',
    '1 warning,',
    '0 info',
    'Nothing was written.',
  ]) {
    assert.ok(line.includes(part), `${part} is not in: ${line}`);
  }
  const written = totals(tally.summary(true));
  assert.ok(
    written.includes('1 moved') && !written.includes('to move') && !written.includes('Nothing'),
    written,
  );
});

test('a job that moved in part is told apart from one that moved', () => {
  const tally = new Tally();
  tally.add(jobPlan());
  tally.add(jobPlan({ moved: 'part', advisories: [note('error')] }));
  const line = totals(tally.summary(false));
  assert.ok(line.includes('2 jobs: 1 to move, 1 in part, 0 not scheduled, 0 left out.'), line);
});

test('the last words are true of what was written', () => {
  const ends = (...actions: readonly NonNullable<JobPlan['action']>[]): string | undefined => {
    const tally = new Tally();
    for (const action of actions) tally.add({ ...jobPlan(), action });
    return / ([^.]+\.)$/.exec(totals(tally.summary(true)))?.[1];
  };
  assert.equal(ends('create', 'create'), 'All of it was written.');
  assert.equal(ends('create', 'skip'), 'What was not skipped was written.');
  assert.equal(ends('keep', 'skip'), 'Nothing was written.');
});

test('jobs without a schedule that can fire are not scheduled; nothing says that they cannot run', () => {
  const tally = new Tally();
  tally.add(planJob(job({ schedules: [] }), context()));
  tally.add(planJob(job(), context()));
  assert.match(totals(tally.summary(false)), /^2 jobs: 1 to move, 1 not scheduled, 0 left out\. /);
});

test('the totals of any jobs add up', () => {
  const kinds: readonly Partial<Job>[] = [
    {},
    { enabled: false },
    { schedules: [] },
    { schedules: [schedule({}, { enabled: false })] },
    { schedules: [schedule(), schedule({ lastDay: true }, { id: 2 })] },
    { steps: [batchStep('echo'), sqlStep()] },
    { steps: [sqlStep(), batchStep('#!/bin/false')] },
    { steps: [] },
  ];
  // Planned once: with --partial, and without.
  const planned = [false, true].map((partial) =>
    kinds.map((more) => planJob(job(more), context({ options: { partial } }))),
  );
  const jobs = fc.array(fc.nat({ max: kinds.length - 1 }), { maxLength: 12 });
  fc.assert(
    fc.property(jobs, fc.constantFrom(...planned), (given, planOf) => {
      const tally = new Tally();
      const plans = given.flatMap((kind) => planOf[kind] ?? []);
      assert.equal(plans.length, given.length);
      for (const plan of plans) tally.add(plan);
      const summary = tally.summary(false);
      const chains = plans.flatMap((plan) => plan.chains);
      assert.equal(summary.jobs, given.length);
      // Whole, in part, not scheduled, or left out: each job is one of them.
      const { jobsMoved, jobsMovedInPart, jobsThatCannotRun, jobsLeftOut } = summary;
      assert.equal(jobsMoved + jobsMovedInPart + jobsThatCannotRun + jobsLeftOut, given.length);
      assert.equal(jobsMoved, plans.filter(({ moved }) => moved === 'whole').length);
      assert.equal(jobsMovedInPart, plans.filter(({ moved }) => moved === 'part').length);
      assert.equal(summary.chains, chains.length);
      assert.equal(summary.liveChains, chains.filter(({ live }) => live).length);
      assert.equal(summary.tasks, chains.flatMap(({ tasks }) => tasks).length);
      assert.equal(summary.skipped, plans.flatMap(({ skipped }) => skipped).length);
    }),
  );
});
