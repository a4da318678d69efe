import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Job } from '../../src/model/job.ts';
import { context, job, NOW, schedule, sqlStep } from '../job-builders.ts';
import { ELSEWHERE, orders, plan, reasons } from './plans.ts';

const ON_DEMAND = context({ options: { onDemand: true } });

describe('--on-demand moves an enabled job that is started by hand', () => {
  const cases: readonly [string, Partial<Job>, boolean][] = [
    ['no schedule at all', { schedules: [] }, true],
    ['only disabled ones', { schedules: [schedule({}, { enabled: false })] }, true],
    ['a disabled job is not started by hand either', { enabled: false, schedules: [] }, false],
    ['one whose schedule is over has had its time', { schedules: [schedule({}, { end: NOW - 1 })] }, false],
    ['30 February was never meant', { schedules: [schedule({ monthDays: [30], months: [2] })] }, false],
  ];
  for (const [name, more, moves] of cases) {
    test(name, () => {
      const found = plan(job(more), ON_DEMAND);
      assert.equal(found.moved, moves ? 'whole' : 'none');
      assert.equal(reasons(found).includes('job-cannot-run'), !moves);
      assert.equal(plan(job(more)).moved, 'none', 'and not without it');
    });
  }

  test('on a line that never fires, with its steps, and without a schedule', () => {
    const found = plan(job({ schedules: [], hostAgent: 'w1' }), ON_DEMAND);
    const [chain, ...rest] = found.chains;
    assert.deepEqual(rest, []);
    assert.ok(chain);
    const { chainName, runAt, clientName, live, maxInstances, scheduleId, nextRuns } = chain;
    assert.deepEqual(
      { chainName, runAt, clientName, live, maxInstances, scheduleId, nextRuns },
      {
        chainName: 'job [on demand]',
        runAt: '0 0 30 2 *',
        clientName: 'w1',
        live: true,
        maxInstances: 1,
        scheduleId: null,
        nextRuns: [],
      },
    );
    assert.deepEqual(orders(chain), [
      ['release snapshot', 1],
      ['step', 10],
    ]);
  });

  test('the call that starts it is told, by the name of the chain as SQL reads it', () => {
    const { advisories } = plan(job({ name: "it's", schedules: [] }), ON_DEMAND);
    const { severity, message } = advisories.find(({ code }) => code === 'on-demand') ?? {};
    assert.equal(severity, 'info');
    assert.match(message ?? '', /SELECT pg_notify\(.*chain_name = 'it''s \[on demand\]'/);
  });

  test('not live with --paused', () => {
    const where = context({ options: { onDemand: true, paused: true } });
    assert.deepEqual(
      plan(job({ schedules: [] }), where).chains.map(({ live }) => live),
      [false],
    );
  });

  test('it moves whole or stays whole, unless --partial takes the rest', () => {
    const one = job({ schedules: [], steps: [sqlStep(), ELSEWHERE] });
    const kept = plan(one, ON_DEMAND);
    assert.deepEqual([kept.moved, reasons(kept)], ['none', ['job-left-out']]);
    const part = plan(one, context({ options: { onDemand: true, partial: true } }));
    assert.deepEqual([part.moved, reasons(part)], ['part', ['step-not-carried 2']]);
  });

  test('a job with a schedule that fires keeps to it', () => {
    assert.deepEqual(
      plan(job(), ON_DEMAND).chains.map(({ runAt }) => runAt),
      ['* * * * *'],
    );
  });
});

describe('its name', () => {
  const cases: readonly [string, string, boolean, string][] = [
    ['plainly', 'backup', false, 'backup [on demand]'],
    ['with the id of the job where two have one name', 'backup', true, 'backup [on demand] #7'],
    [
      'with the id where the name ends like an addition of the tool',
      'a [on demand]',
      false,
      'a [on demand] [on demand] #7',
    ],
    ['and where it ends like an id', 'a #7', false, 'a #7 [on demand] #7'],
  ];
  for (const [name, jobName, isShared, expected] of cases) {
    test(name, () => {
      const where = context({ options: { onDemand: true }, ambiguousJobs: new Set(isShared ? [7] : []) });
      const found = plan(job({ id: 7, name: jobName, schedules: [] }), where);
      assert.deepEqual(
        found.chains.map(({ chainName }) => chainName),
        [expected],
      );
    });
  }
});

test('with --schedules all its disabled schedules become chains that are not live, and it is started by hand all the same', () => {
  const source = job({ schedules: [schedule({ minutes: [0] }, { enabled: false })] });
  const { chains, advisories } = plan(source, context({ options: { onDemand: true, schedules: 'all' } }));
  assert.deepEqual(
    chains.map(({ chainName, live }) => [chainName, live]),
    [
      ['job @ often', false],
      ['job [on demand]', true],
    ],
  );
  assert.ok(advisories.some(({ code }) => code === 'on-demand'));
});
