import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planJob } from '../../../src/transform/plan-job.ts';
import { planConnection } from '../../../src/transform/step/connection.ts';
import { withStepConninfo } from '../../../src/transform/with-step-conninfo.ts';
import { context, job, sqlStep } from '../../job-builders.ts';

const ELSEWHERE = { kind: 'database', name: 'dwh' } as const;

function codes(
  role: string | null,
  conninfo: Record<string, string>,
  connection = ELSEWHERE,
): readonly string[] {
  const where = context({ options: { stepConninfo: new Map(Object.entries(conninfo)) } });
  const fate = planConnection(connection, { stepId: 1 }, { ...where, source: { ...where.source, role } });
  return fate.advisories.map(({ code, message }) => `${code}: ${message.split('.')[0]}`);
}

test('a step of another database that gets another user is a warning', () => {
  assert.deepEqual(codes('postgres', { host: 'db1', user: 'scheduler' }), [
    'remote-role: ran in the database "dwh" as "postgres" and will run as "scheduler" (--step-conninfo)',
  ]);
});

test('none where the user stays, is not known, or pgAgent is in a dump', () => {
  assert.deepEqual(codes('postgres', { host: 'db1', user: 'postgres' }), []);
  assert.deepEqual(codes('postgres', { host: 'db1' }), []);
  assert.deepEqual(codes(null, { host: 'db1', user: 'scheduler' }), []);
});

test('what a job would be with --step-conninfo says nothing of a user that is not named', () => {
  const where = context();
  const asked = { ...where, source: { ...where.source, role: 'postgres' } };
  const one = job({ steps: [sqlStep({ connection: ELSEWHERE })] });
  const found = withStepConninfo(one, planJob(one, asked), asked).withStepConninfo?.advisories ?? [];
  assert.ok(found.length > 0);
  assert.ok(!found.some(({ code }) => code === 'remote-role'));
});
