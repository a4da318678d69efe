import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PlannedJobs } from '../../src/planning/planned-jobs.ts';
import type { ReconciledJob } from '../../src/planning/reconciled-jobs.ts';
import type { Session } from '../../src/session/session.ts';
import type { Settings } from '../../src/session/settings.ts';
import { context, job, schedule, sqlStep } from '../job-builders.ts';

const IDS = Array.from({ length: 120 }, (_, index) => index + 1);
/** A job is read when it is to be planned. */
let readIds: number[] = [];

// What the target has is not asked where this user may not see it.
function session(): Session {
  const row = { enabled: true, nextRun: null, changed: null, created: null };
  return {
    context: context(),
    settings: { given: new Set() },
    target: { missingRights: ['SELECT on timetable.chain'] },
    contextFor: () => context(),
    async *currentJobs(ids: readonly number[] | null) {
      for (const id of ids ?? IDS) {
        readIds.push(id);
        const found = job({ id, schedules: [schedule({ minutes: [id % 60] })], steps: [sqlStep()] });
        yield [{ job: found, ...{ row, record: null, isDisabledByUs: false } }];
      }
    },
  } as unknown as Session;
}

const settings = { dryRun: false, onConflict: 'error' } as unknown as Settings;

async function all(jobs: AsyncIterable<ReconciledJob>): Promise<readonly ReconciledJob[]> {
  const found: ReconciledJob[] = [];
  for await (const one of jobs) found.push(one);
  return found;
}

/** Asks for the jobs three times. @returns which jobs were read after the first time, each time */
async function readAgain(room?: number): Promise<readonly number[]> {
  readIds = [];
  const planned = new PlannedJobs(session(), settings, room);
  const first = await all(planned.plan());
  assert.deepEqual(
    first.map(({ plan }) => plan.chains[0]?.runAt),
    IDS.map((id) => `${id % 60} * * * *`),
  );
  assert.deepEqual(readIds, IDS);
  for (const again of [() => planned.again(), () => planned.toWrite()]) {
    readIds = [];
    assert.deepEqual(await all(again()), first);
    assert.equal(planned.isKept, readIds.length === 0);
  }
  return readIds;
}

test('each job is planned once, however often it is asked for', async () => {
  assert.deepEqual(await readAgain(), []);
});

test('what does not fit is planned again each time, and is the same', async () => {
  assert.deepEqual(await readAgain(0), IDS);
});

test('the first that fit are kept, and only the others are planned again', async () => {
  const counts = new Set<number>();
  // A pack of fifty takes some three thousand bytes here.
  for (let room = 0; room <= 12_000; room += 1_500) {
    const again = await readAgain(room);
    assert.deepEqual(again, IDS.slice(IDS.length - again.length));
    counts.add(again.length);
  }
  assert.deepEqual([...counts], [120, 70, 0]);
});
