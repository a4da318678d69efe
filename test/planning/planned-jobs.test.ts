import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PlannedJobs } from '../../src/planning/planned-jobs.ts';
import type { ReconciledJob } from '../../src/planning/reconciled-jobs.ts';
import type { CurrentJob } from '../../src/session/current-jobs.ts';
import type { Session } from '../../src/session/session.ts';
import type { Settings } from '../../src/session/settings.ts';
import { context, job, schedule, sqlStep } from '../job-builders.ts';

const IDS = [1, 2, 3, 4, 5];
/** Each asks its context once when it is planned. */
let plannedIds: number[] = [];

// What the target has is not asked where this user may not see it.
function session(): Session {
  const row = { enabled: true, nextRun: null, changed: null, created: null };
  return {
    context: context(),
    settings: { given: new Set() },
    target: { missingRights: ['SELECT on timetable.chain'] },
    contextFor: (current: CurrentJob) => {
      plannedIds.push(current.job.id);
      return context();
    },
    async *currentJobs(ids: readonly number[] | null) {
      for (const id of ids ?? IDS)
        yield [
          {
            job: job({ id, schedules: [schedule({ minutes: [id] })], steps: [sqlStep()] }),
            ...{ row, record: null, isDisabledByUs: false },
          },
        ];
    },
  } as unknown as Session;
}

const settings = { dryRun: false, onConflict: 'error' } as unknown as Settings;

async function all(jobs: AsyncIterable<ReconciledJob>): Promise<readonly ReconciledJob[]> {
  const found: ReconciledJob[] = [];
  for await (const one of jobs) found.push(one);
  return found;
}

async function twice(room?: number): Promise<PlannedJobs> {
  plannedIds = [];
  const planned = new PlannedJobs(session(), settings, room);
  const first = await all(planned.plan());
  assert.deepEqual(
    first.map(({ plan }) => plan.chains[0]?.runAt),
    IDS.map((minute) => `${minute} * * * *`),
  );
  for (const again of [await all(planned.again()), await all(planned.toWrite())])
    assert.deepEqual(again, first);
  return planned;
}

test('each job is planned once, however often it is asked for', async () => {
  assert.equal((await twice()).isKept, true);
  assert.deepEqual(plannedIds, IDS);
});

test('what does not fit is planned again each time, and is the same', async () => {
  assert.equal((await twice(0)).isKept, false);
  assert.deepEqual(plannedIds, [...IDS, ...IDS, ...IDS]);
});

test('the first that fit are kept, and only the others are planned again', async () => {
  // One takes thirteen to fifteen thousand bytes, by the estimate that counts.
  assert.equal((await twice(30_000)).isKept, false);
  const again = IDS.slice(2);
  assert.deepEqual(plannedIds, [...IDS, ...again, ...again]);
});
