import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Step } from '../../src/model/job.ts';
import type { JobPlan } from '../../src/model/plan.ts';
import { planJob } from '../../src/transform/plan-job.ts';
import { batchStep, context, job, sqlStep } from '../job-builders.ts';

const stepConninfo = new Map([
  ['host', 'db1'],
  ['user', 'me'],
]);

/** The plan of job 17 "nightly" with these steps, numbered from 1. */
function plan(
  steps: readonly (string | Partial<Step>)[],
  given: Record<string, 'step' | 'chain' | 'joined'> = { '17': 'joined' },
): JobPlan {
  const built = steps.map((step, index): Step => {
    const more = {
      id: index + 1,
      name: `s${index + 1}`,
      ...(typeof step === 'string' ? { code: step } : step),
    };
    return more.kind === 'batch' ? batchStep(more.code ?? '', more as never) : sqlStep(more as never);
  });
  const options = { stepConninfo, jobTransactions: new Map(Object.entries(given)) };
  return planJob(job({ id: 17, name: 'nightly', steps: built }), context({ options }));
}

function tasks(found: JobPlan) {
  return (found.chains[0]?.tasks ?? []).filter(({ stepId }) => stepId !== null);
}

function said(found: JobPlan): readonly string[] {
  const codes = ['joined-steps', 'joined-clock', 'join-refused', 'shared-session', 'made-twice'];
  return found.advisories
    .filter(({ code }) => codes.includes(code))
    .map(({ severity, code, stepId }) => `${severity} ${code} ${stepId ?? ''}`.trim());
}

const TEMP = 'CREATE TEMP TABLE kept (a int) -- kept';
const USES = 'INSERT INTO log SELECT a FROM kept;';

describe('--transaction JOB=joined', () => {
  test('puts SQL steps in a row into one task, each committed, settings taken back', () => {
    const found = plan([TEMP, USES, 'SELECT 1']);
    const [task, ...others] = tasks(found);
    assert.deepEqual(others, []);
    assert.equal(task?.taskName, 's1 + s2 + s3');
    assert.equal(task?.command, `${TEMP}\n;\nCOMMIT;\nRESET ALL;\n${USES}\n;\nCOMMIT;\nRESET ALL;\nSELECT 1`);
    assert.deepEqual(
      [task?.stepId, task?.joinedStepIds, task?.autonomous, task?.ignoreError, task?.live],
      [1, [2, 3], true, false, true],
    );
    assert.deepEqual(said(found), ['info joined-steps 1']);
  });

  test('a batch step ends a row, a disabled step does not', () => {
    const found = plan([
      TEMP,
      { code: 'SELECT 0', enabled: false },
      USES,
      { kind: 'batch', code: 'ls' },
      'SELECT 1',
      'SELECT 2',
    ]);
    assert.deepEqual(
      tasks(found).map(({ taskName, live }) => [taskName, live]),
      [
        ['s1 + s3', true],
        ['s2', false],
        ['s4', true],
        ['s5 + s6', true],
      ],
    );
  });

  test('steps of other connections are not joined, those of one remote connection are', () => {
    const archive = { kind: 'database', name: 'archive' } as const;
    const found = plan([
      'SELECT 1',
      { code: 'SELECT 2', connection: archive },
      { code: 'SELECT 3', connection: archive },
    ]);
    assert.deepEqual(
      tasks(found).map(({ taskName, databaseConnection, autonomous }) => [
        taskName,
        databaseConnection,
        autonomous,
      ]),
      [
        ['s1', null, true],
        ['s2 + s3', 'host=db1 user=me dbname=archive', false],
      ],
    );
  });

  test('what is shared across a row is still said', () => {
    assert.deepEqual(said(plan([TEMP, 'SELECT 1', { kind: 'batch', code: 'ls' }, USES])), [
      'info joined-steps 1',
      'warning shared-session',
    ]);
    assert.deepEqual(said(plan([TEMP, TEMP])), ['info joined-steps 1']);
  });

  test('a lock that is only at work must have all later steps in its task', () => {
    const LOCK = 'SELECT pg_advisory_lock(1)';
    assert.deepEqual(said(plan([LOCK, 'SELECT 1'])), ['info joined-steps 1']);
    assert.deepEqual(said(plan([LOCK, 'SELECT 1', { kind: 'batch', code: 'ls' }])), [
      'info joined-steps 1',
      'warning shared-session',
    ]);
  });

  test('nothing in a row is said', () => {
    const found = plan([{ kind: 'batch', code: 'ls' }, 'SELECT 1']);
    assert.deepEqual(said(found), ['info joined-steps']);
    assert.match(
      found.advisories.find(({ code }) => code === 'joined-steps')?.message ?? '',
      /joins nothing/,
    );
  });

  const refused: readonly (readonly [string, string | Partial<Step>])[] = [
    ['VACUUM', 'VACUUM t'],
    ['CREATE INDEX CONCURRENTLY', 'CREATE INDEX CONCURRENTLY i ON t (a)'],
    ['a DO block that commits', 'DO $$ BEGIN COMMIT; END $$'],
    ['CALL', 'CALL p()'],
    ['an open transaction', 'BEGIN; DELETE FROM t'],
    ['COPY', 'COPY t FROM STDIN'],
    ['an ignored error', { code: 'SELECT 1', onError: 'ignore' }],
    ['an error that counts as a success', { code: 'SELECT 1', onError: 'success' }],
    ['a text that cannot be read', 'SELECT FROM FROM'],
    ['an empty text', ' '],
  ];
  for (const [name, step] of refused) {
    test(`keeps the job where a step has ${name}, first, in the middle or last`, () => {
      for (const [at, steps] of [
        [1, [step, 'SELECT 1']],
        [2, ['SELECT 1', step, 'SELECT 2']],
        [2, ['SELECT 1', step]],
      ] as const) {
        const found = plan(steps);
        assert.equal(found.moved, 'none');
        assert.deepEqual(said(found), [`error join-refused ${at}`]);
      }
      assert.equal(plan([step, { kind: 'batch', code: 'ls' }]).moved, 'whole', 'alone it is not joined');
    });
  }

  for (const sql of [
    'SELECT now()',
    'INSERT INTO t VALUES (CURRENT_DATE)',
    'SELECT age(a) FROM t WHERE a < statement_timestamp()',
  ])
    test(`a later step that reads the clock is warned of: ${sql}`, () => {
      assert.deepEqual(said(plan(['SELECT 1', sql])), ['info joined-steps 1', 'warning joined-clock 2']);
      assert.deepEqual(said(plan([sql, 'SELECT clock_timestamp(), CURRENT_USER'])), ['info joined-steps 1']);
    });
});

describe('--transaction for some jobs', () => {
  const of = (given: Record<string, 'step' | 'chain' | 'joined'>): string => {
    const found = tasks(plan(['SELECT 1', 'SELECT 2'], given));
    return found.length === 1 ? 'joined' : found[0]?.autonomous ? 'step' : 'chain';
  };
  test('by id, by name, by pattern; the more exact one counts, of two patterns the last', () => {
    assert.equal(of({ '17': 'chain' }), 'chain');
    assert.equal(of({ nightly: 'joined' }), 'joined');
    assert.equal(of({ 'night*': 'chain', '18': 'joined', other: 'joined' }), 'chain');
    assert.equal(of({ nightly: 'joined', 'n*': 'chain' }), 'joined');
    assert.equal(of({ nightly: 'joined', '17': 'step' }), 'step');
    assert.equal(of({ 'n*': 'joined', '*': 'chain' }), 'chain');
    assert.equal(of({ nightl: 'joined', Nightly: 'joined', '1': 'joined' }), 'step');
  });
});
