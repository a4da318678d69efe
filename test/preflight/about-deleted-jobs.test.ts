import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aboutDeletedJobs } from '../../src/preflight/about-deleted-jobs.ts';
import type { DeletedJob } from '../../src/session/deleted-jobs.ts';

const job = (jobId: number, more: Partial<DeletedJob>): DeletedJob => ({
  ...{ jobId, jobName: `job ${jobId}`, liveChains: 0, otherChains: 1, runsNowhere: false },
  ...more,
});

test('no job was deleted: nothing is said', () => assert.deepEqual(aboutDeletedJobs([]), []));

test('jobs that run nowhere are a warning, others a note that counts their chains', () => {
  const checks = aboutDeletedJobs([
    job(1, { runsNowhere: true }),
    job(2, { liveChains: 2, otherChains: 0 }),
    job(3, { liveChains: 1, otherChains: 3 }),
    job(4, { runsNowhere: true }),
  ]);
  assert.deepEqual(
    checks.map(({ status, message, remedy }) => [status, message, remedy]),
    [
      [
        'warning',
        '2 jobs that moved earlier were deleted in pgAgent: "job 1", "job 4". None of the chains is live, so nothing runs them.',
        'To remove the chains: pga2timetable undo --job 1 --job 4',
      ],
      [
        'note',
        '2 jobs that moved earlier were deleted in pgAgent: "job 2", "job 3". The chains stay: 3 live, 3 not live.',
        'To remove the chains: pga2timetable undo --job 2 --job 3',
      ],
    ],
  );
});

for (const [jobs, command] of [
  [20, /undo( --job \d+){20}$/],
  [21, /undo --job ID$/],
] as const)
  test(`${jobs} deleted jobs: the command names ${jobs > 20 ? 'none' : 'all'}`, () => {
    const [check] = aboutDeletedJobs(Array.from({ length: jobs }, (_, index) => job(index, {})));
    assert.match(check?.remedy ?? '', command);
  });
