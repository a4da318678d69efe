import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Job } from '../../src/model/job.ts';
import { planJob } from '../../src/transform/plan-job.ts';
import { withStepConninfo } from '../../src/transform/with-step-conninfo.ts';
import { batchStep, codes, context, job, schedule, sqlStep } from '../job-builders.ts';
import { PARTIAL, plan } from './plans.ts';

const ELSEWHERE = sqlStep({ connection: { kind: 'database', name: 'archive' } });
const LATIN1 = context({ source: { encoding: 'LATIN1' } });

const proposed = (one: Job, where = context()) => withStepConninfo(one, planJob(one, where), where);

describe('a job that needs --step-conninfo is planned as it would be with it', () => {
  const one = job({
    steps: [sqlStep({ id: 7, name: 'here' }), ELSEWHERE],
    schedules: [schedule({ minutes: [30] })],
  });

  test('its chains, with ... for what is not known', () => {
    const found = proposed(one);
    assert.deepEqual([found.moved, found.chains], ['none', []]);
    const known = new Map([
      ['host', 'db1'],
      ['user', 'me'],
    ]);
    const real = plan(one, context({ options: { stepConninfo: known } }));
    assert.equal(real.chains[0]?.tasks.at(-1)?.databaseConnection, 'host=db1 user=me dbname=archive');
    assert.deepEqual(
      JSON.stringify(found.withStepConninfo?.chains),
      JSON.stringify(real.chains).replace('host=db1 user=me', 'host=... user=...'),
    );
  });

  test('its advisories stand by themselves: they are none of what is written', () => {
    const daily = { ...one, schedules: [schedule({ hours: [2] })] };
    const found = proposed(daily);
    assert.deepEqual(codes(found.advisories), ['step-needs-conninfo']);
    assert.ok(codes(found.withStepConninfo?.advisories ?? []).includes('every-minute-of-the-hour'));
    assert.ok(!codes(found.withStepConninfo?.advisories ?? []).includes('step-needs-conninfo'));
  });
});

describe('no such plan', () => {
  const cases: readonly (readonly [string, Job, ReturnType<typeof context>])[] = [
    ['for a job that moves', job(), context()],
    [
      'for one that something else keeps back too',
      job({ steps: [ELSEWHERE, batchStep('echo caf\u00e9', { id: 2 })] }),
      LATIN1,
    ],
    ['for one that something else keeps back', job({ steps: [batchStep('echo caf\u00e9')] }), LATIN1],
    ['for one that moves in part', job({ steps: [sqlStep(), { ...ELSEWHERE, id: 2 }] }), PARTIAL],
    ['for one that nothing starts', job({ schedules: [], steps: [ELSEWHERE] }), context()],
  ];
  for (const [what, one, where] of cases)
    test(what, () => assert.equal(proposed(one, where).withStepConninfo, undefined));
});
