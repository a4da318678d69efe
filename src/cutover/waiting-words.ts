import { Failure } from '../model/failure.ts';
import type { JobState, OrphanedJob } from '../pgagent/job-states.ts';

/** Whether pgAgent runs the job or is about to, or a session still runs what its agent left behind. */
export function isAtWork(state: JobState): boolean {
  return (
    state.kind === 'running' ||
    state.kind === 'orphaned' ||
    (state.kind === 'overdue' && state.takers.length > 0)
  );
}

/** What jobs are at that are waited for, in a sentence without its end, and what to do about it. */
interface AtWork {
  readonly what: string;
  readonly remedy: string;
}

const AGAIN = 'Run this again when it has ended, or wait longer: --wait.';

function atWork(states: readonly JobState[]): readonly AtWork[] {
  const orphaned = states.filter((state) => state.kind === 'orphaned');
  const others = states.filter((state) => isAtWork(state) && state.kind !== 'orphaned');
  return [
    ...(others.length > 0 ? [{ what: `pgAgent still runs ${named(others)}`, remedy: AGAIN }] : []),
    ...orphaned.map(aboutOrphan),
  ];
}

function aboutOrphan(job: OrphanedJob): AtWork {
  return {
    what: `The agent of ${named([job])} is gone, and process ${job.backend} still runs its step ${job.stepId}`,
    remedy: `${AGAIN} To end it on the source: SELECT pg_terminate_backend(${job.backend});`,
  };
}

/** What is waited for while jobs are at work, for the progress line. */
export function waitingForJobs(states: readonly JobState[]): string {
  const orphan = states.find((state) => state.kind === 'orphaned');
  return orphan === undefined
    ? `Waiting until pgAgent has run ${named(states.filter(isAtWork))}.`
    : `Waiting until process ${orphan.backend} has run a step of ${named([orphan])}, whose agent is gone.`;
}

/**
 * That jobs were at work for all the time.
 * @param wait milliseconds
 * @returns null where none is
 */
export function tooLongAtWork(states: readonly JobState[], wait: number): Failure | null {
  const found = atWork(states);
  if (found.length === 0) return null;
  const what = found.map((one) => one.what).join('; ');
  return new Failure(
    'refused',
    `${what}, after waiting for ${Math.round(wait / 1000)} s.`,
    [...new Set(found.map(({ remedy }) => remedy))].join(' '),
  );
}

const MOST_NAMED = 3;

function named(states: readonly JobState[]): string {
  const shown = states.slice(0, MOST_NAMED).map(({ jobId, jobName }) => `job ${jobId} "${jobName}"`);
  const more = states.length > shown.length ? ` and ${states.length - shown.length} more` : '';
  return `${shown.join(', ')}${more}`;
}
