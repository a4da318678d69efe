import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aboutDeletedJobs } from '../../src/preflight/about-deleted-jobs.ts';
import type { DeletedJob } from '../../src/session/deleted-jobs.ts';

const job = (jobId: number, more: Partial<DeletedJob>): DeletedJob => ({
  ...{ jobId, jobName: `job ${jobId}`, liveChains: 0, otherChains: 1, runsNowhere: false },
  ...more,
});

test('no job was deleted: nothing is said', () =>
  assert.deepEqual(aboutDeletedJobs({ jobs: [], recorded: 3 }), []));

test('jobs that run nowhere are a warning, others a note that counts their chains', () => {
  const checks = aboutDeletedJobs({
    jobs: [
      job(1, { runsNowhere: true }),
      job(2, { liveChains: 2, otherChains: 0 }),
      job(3, { liveChains: 1, otherChains: 3 }),
      job(4, { runsNowhere: true }),
    ],
    recorded: 4,
  });
  assert.deepEqual(
    checks.map(({ status, message, remedy }) => [status, message, remedy]),
    [
      [
        'warning',
        '2 jobs that moved earlier were deleted in pgAgent: "job 1", "job 4". None of the chains is live, so nothing runs them.',
        'To remove the chains: undo with the --source and --target of this run and --job 1 --job 4',
      ],
      [
        'note',
        '2 jobs that moved earlier were deleted in pgAgent: "job 2", "job 3". The chains stay: 3 live, 3 not live.',
        'To remove the chains: undo with the --source and --target of this run and --job 2 --job 3',
      ],
    ],
  );
});

const remedy = (count: number, recorded: number): string => {
  const jobs = Array.from({ length: count }, (_, index) => job(index, {}));
  return aboutDeletedJobs({ jobs, recorded })[0]?.remedy ?? '';
};
const FIRST = Array.from({ length: 20 }, (_, index) => `--job ${index}`).join(' ');
const UNDO = 'undo with the --source and --target of this run';

test('20 deleted jobs: all are named, even if the record has no other', () => {
  assert.equal(remedy(20, 20), `To remove the chains: ${UNDO} and ${FIRST}`);
});

test('21 deleted jobs: the first 20 are named, with what lists the others', () => {
  assert.equal(
    remedy(21, 22),
    `Use ${UNDO}. To list the jobs: --dry-run prints "not in pgAgent any more" for each. To remove those of the first 20 jobs: ${FIRST}`,
  );
});

test('21 deleted jobs, and no other in the record: undo needs no --job', () => {
  assert.match(
    remedy(21, 21),
    /\. To remove all chains before another job moves: no --job\. To remove those /,
  );
});
