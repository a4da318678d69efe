import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job } from '../../src/model/job.ts';
import { planDigest } from '../../src/planning/reconciled-jobs.ts';
import { thanFromDump } from '../../src/planning/than-from-dump.ts';
import type { Context } from '../../src/transform/context.ts';
import { planJob } from '../../src/transform/plan-job.ts';
import { context, job, NOW, schedule, sqlStep } from '../job-builders.ts';
import { jobRecord, recordedChain } from './records.ts';

const TWICE = job({
  schedules: [
    schedule({ minutes: [0] }, { id: 1, name: 'a' }),
    schedule({ minutes: [5] }, { id: 2, name: 'b' }),
  ],
});
const CONNINFO = new Map([['host', 'db1']]);

/** What is said where the job was planned from a dump by one context, and now by another. */
function said(now: Context, before: Partial<Context['source']>, changed: Job = TWICE): string | null {
  const planned = context({
    now: NOW - 86_400_000,
    source: { server: 'dump-0123456789ab', ...before },
    options: { stepConninfo: CONNINFO },
  });
  const digestBy =
    (one: Job) =>
    (by: Context): string =>
      planDigest(planJob(one, by).chains);
  const record = jobRecord({
    source: `${planned.source.server}/${planned.source.database}`,
    plannedAt: planned.now,
    planDigest: digestBy(TWICE)(planned),
    chains: [recordedChain({ name: 'job @ a' }), recordedChain({ name: 'job @ b' })],
  });
  return thanFromDump(record, now, digestBy(changed));
}

const live = (more: Parameters<typeof context>[0] = {}): Context =>
  context({ options: { stepConninfo: CONNINFO }, ...more });
const LOCK = `only the lock name of "job @ a", "job @ b" differs: the dump did not tell pgAgent's database and server`;

for (const database of ['app', '', 'a/b'])
  test(`of a dump that calls its database "${database}" the lock is found`, () =>
    assert.equal(said(live(), { database }), LOCK));

test('steps that run elsewhere, since the target is on another server', () =>
  assert.equal(
    said(live({ target: { isSourceServer: false } }), { database: '' }),
    'only where steps of "job @ a", "job @ b" run differs: the dump did not tell whether pgAgent and the target share a server',
  ));

test('a job that changed is not explained by the dump', () =>
  assert.equal(said(live(), {}, { ...TWICE, steps: [sqlStep({ code: 'SELECT 2' })] }), null));
