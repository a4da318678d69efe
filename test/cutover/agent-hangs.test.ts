import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokenOff } from '../../src/cutover/unfinished.ts';
import { tooLongAtWork } from '../../src/cutover/waiting-words.ts';
import { Failure } from '../../src/model/failure.ts';
import { UTC } from '../../src/model/zone.ts';
import type { OverdueJob } from '../../src/pgagent/job-states.ts';

const DUE = Date.UTC(2026, 0, 2, 3, 4);

function overdue(isHanging: boolean): OverdueJob {
  return {
    ...{ kind: 'overdue', jobId: 7, jobName: 'nightly', enabled: true, hostAgent: '', lastRun: null },
    ...{ tookThisMinute: false, dueSince: DUE, takers: ['vm'] },
    hanging: isHanging ? { pid: 4711, station: 'vm', idleSince: DUE } : null,
  };
}

function stopped(isHanging: boolean, resumed: number): Failure {
  const failure = tooLongAtWork([overdue(isHanging)], 100_000, UTC);
  assert.ok(failure instanceof Failure);
  return brokenOff(failure, 'chains-wait', { fresh: 10, resumed });
}

test('a cutover that an agent which hangs breaks off says that its jobs do not run, and how to go on', () => {
  const { message, remedy } = stopped(true, 0);
  assert.match(
    message,
    /hangs: .* The chains of 10 jobs are on the target, not live; the jobs that wait for the agent do not run now\.$/,
  );
  assert.doesNotMatch(message, /keeps running/);
  assert.match(remedy, /On "vm", let the process pgagent go on \(kill -CONT\), or end it\./);
  assert.match(remedy, /SELECT pg_terminate_backend\(4711\); Then run the same command again\./);
  assert.doesNotMatch(remedy, /it finishes/);
  const again = stopped(true, 2);
  assert.match(
    again.message,
    /Enabled jobs that wait for the agent do not run now\. 2 jobs had been disabled/,
  );
  assert.doesNotMatch(again.message, /keeps running/);
});

test('beside an agent that works pgAgent keeps running the jobs, and the same command finishes', () => {
  const { message, remedy } = stopped(false, 0);
  assert.match(message, /not live; pgAgent keeps running the jobs\.$/);
  assert.match(remedy, /^Run the same command again: it finishes\. /);
});
