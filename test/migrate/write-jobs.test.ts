import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeJobs } from '../../src/migrate/write-jobs.ts';
import type { PlannedJobs } from '../../src/planning/planned-jobs.ts';
import type { WritingSession } from '../../src/session/session.ts';

// As many as are written at once.
const CHAINS = 500;
const JOB = {
  action: { kind: 'create' },
  plan: { jobId: 1, chains: Array.from({ length: CHAINS }, (_, n) => ({ chainName: `${n}`, tasks: [] })) },
};

test('a write that failed is told, and not the look behind it that fails for that', async () => {
  const planned = {
    async *toWrite() {
      yield JOB;
      await new Promise(setImmediate);
      throw new Error('current transaction is aborted');
    },
  } as unknown as PlannedJobs;
  const session = {
    deletedJobs: () => Promise.reject(new Error('the disk is full')),
  } as unknown as WritingSession;
  await assert.rejects(
    writeJobs(
      session,
      planned,
      () => {},
      () => {},
    ),
    /the disk is full/,
  );
});

test('a look that failed alone is told', async () => {
  const planned = {
    // biome-ignore lint/correctness/useYield: it fails before its first job
    async *toWrite() {
      throw new Error('the source is gone');
    },
  } as unknown as PlannedJobs;
  await assert.rejects(
    writeJobs(
      {} as WritingSession,
      planned,
      () => {},
      () => {},
    ),
    /the source is gone/,
  );
});
