import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { planSchema } from '../../src/model/plan.ts';
import type { PlanKey } from '../../src/saved-plan/key.ts';
import { Seal } from '../../src/saved-plan/seal.ts';
import { chain, jobPlan, task } from '../job-builders.ts';
import { HEADER } from '../report/samples.ts';

const KEY: PlanKey = {
  id: 'key',
  digest: (text) => createHmac('sha256', 'k').update(text).digest('hex'),
};
const digestOf = (more: Parameters<typeof task>[0], jobId = 1, chainName = 'c'): string | undefined =>
  new Seal(() => KEY).job(jobPlan({ jobId, chains: [chain({ chainName, tasks: [task(more)] })] })).chains[0]
    ?.tasks[0]?.secretDigest;

const SQL = { command: "ALTER ROLE me PASSWORD 'open'" };

describe('a task of a saved plan', () => {
  test('has no digest, and needs no key, where nothing is masked', () => {
    const seal = new Seal(() => assert.fail('a key was asked for'));
    const plan = jobPlan();
    assert.deepEqual(seal.job(plan), plan);
    assert.deepEqual(seal.header(HEADER), HEADER);
    assert.deepEqual(seal.tail, { secretKey: null });
  });

  test('has the digest of its real texts and of its place', () => {
    const text = '["task",1,"c",1,"step","[\\"ALTER ROLE me PASSWORD \'open\'\\",[],null,null]"]';
    assert.equal(digestOf(SQL), createHmac('sha256', 'k').update(text).digest('hex'));
  });

  for (const [name, open, shut] of [
    ['command', SQL, { command: "ALTER ROLE me PASSWORD 'shut'" }],
    [
      'parameters',
      { parameters: [['-c', 'PGPASSWORD=open psql']] },
      { parameters: [['-c', 'PGPASSWORD=shut psql']] },
    ],
    ['script', { script: 'PGPASSWORD=open psql' }, { script: 'PGPASSWORD=shut psql' }],
    [
      'connection',
      { databaseConnection: 'host=h password=open' },
      { databaseConnection: 'host=h password=shut' },
    ],
  ] as const) {
    test(`has another digest with another password in its ${name}`, () => {
      assert.ok(digestOf(open) !== undefined);
      assert.notEqual(digestOf(open), digestOf(shut));
      assert.equal(digestOf(open), digestOf(open));
    });
  }

  test('does not tell that two passwords are equal', () => {
    const all = [digestOf(SQL), digestOf(SQL, 2), digestOf(SQL, 1, 'd'), digestOf({ ...SQL, stepId: 2 })];
    assert.equal(new Set(all).size, 4);
  });

  test('is masked', () => {
    const sealed = new Seal(() => KEY).job(jobPlan({ chains: [chain({ tasks: [task(SQL)] })] }));
    assert.equal(sealed.chains[0]?.tasks[0]?.command, 'ALTER ROLE me PASSWORD *****');
  });
});

test('options that are masked have a digest each, and the document says which key made it', () => {
  const seal = new Seal(() => KEY);
  const { options } = seal.header({
    ...HEADER,
    options: {
      ...HEADER.options,
      shell: 'env PGPASSWORD=open sh -c',
      stepConninfo: 'host=h user=me password=open',
    },
  });
  assert.equal(
    options.stepConninfoDigest,
    createHmac('sha256', 'k').update('["stepConninfo","host=h user=me password=open"]').digest('hex'),
  );
  assert.equal(
    options.shellDigest,
    createHmac('sha256', 'k').update('["shell","env PGPASSWORD=open sh -c"]').digest('hex'),
  );
  assert.ok(!JSON.stringify(options).includes('open'));
  assert.deepEqual(seal.tail, { secretKey: 'key' });
  assert.ok('secretKey' in planSchema.unwrap().shape);
});
