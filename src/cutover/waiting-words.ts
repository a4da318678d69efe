import { Failure } from '../model/failure.ts';
import { groupBy } from '../model/group-by.ts';
import { isoInZone, type Zone } from '../model/zone.ts';
import type { JobState, OrphanedJob, OverdueJob } from '../pgagent/job-states.ts';
import type { ConnectedAgent } from '../pgagent/jobs-look.ts';

/** An agent that hangs held the jobs up: until it goes on or ends, pgAgent does not run those that wait for it. */
export class AgentHangs extends Failure {}

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

function atWork(states: readonly JobState[], zone: Zone): readonly AtWork[] {
  const waited = states.filter(isAtWork);
  const isHanging = (state: JobState): boolean => hangingOf(state) !== null;
  const runs = waited.filter((state) => state.kind === 'running' && !isHanging(state));
  const overdue = waited.filter((state) => state.kind === 'overdue').filter((state) => !isHanging(state));
  const hanging = groupBy(waited.filter(isHanging), (state) => hangingOf(state)?.pid);
  return [
    ...(runs.length > 0 ? [{ what: `pgAgent still runs ${named(runs)}`, remedy: AGAIN }] : []),
    ...(overdue.length > 0 ? [aboutOverdue(overdue, zone)] : []),
    ...waited.filter((state) => state.kind === 'orphaned').map(aboutOrphan),
    ...[...hanging.values()].flatMap((jobs) => {
      const agent = jobs[0] && hangingOf(jobs[0]);
      return agent ? [aboutHanging(agent, jobs, zone)] : [];
    }),
  ];
}

function hangingOf(state: JobState): ConnectedAgent | null {
  return state.kind === 'running' || state.kind === 'overdue' ? state.hanging : null;
}

function aboutOverdue(jobs: readonly OverdueJob[], zone: Zone): AtWork {
  const since = isoInZone(zone, Math.min(...jobs.map(({ dueSince }) => dueSince)));
  return { what: `pgAgent has not started ${named(jobs)}, due since ${since}`, remedy: AGAIN };
}

function aboutHanging(agent: ConnectedAgent, jobs: readonly JobState[], zone: Zone): AtWork {
  return {
    what: `The agent on "${agent.station}" hangs: ${idleText(agent, jobs, zone)}`,
    remedy: `On "${agent.station}", let the process pgagent go on (kill -CONT), or end it. If that machine is gone, on the source: SELECT pg_terminate_backend(${agent.pid}); Then run the same command again.`,
  };
}

function idleText({ idleSince }: ConnectedAgent, jobs: readonly JobState[], zone: Zone): string {
  return `it has asked for nothing since ${isoInZone(zone, idleSince ?? 0)}, and ${named(jobs)} ${jobs.length === 1 ? 'waits' : 'wait'} for it`;
}

function aboutOrphan(job: OrphanedJob): AtWork {
  return {
    what: `The agent of ${named([job])} is gone, and process ${job.backend} still runs its step ${job.stepId}`,
    remedy: `${AGAIN} To end it on the source: SELECT pg_terminate_backend(${job.backend});`,
  };
}

/** What is waited for while jobs are at work, for the progress line. */
export function waitingForJobs(states: readonly JobState[], zone: Zone): string {
  const waited = states.filter(isAtWork);
  const orphan = waited.find((state) => state.kind === 'orphaned');
  if (orphan !== undefined)
    return `Waiting until process ${orphan.backend} has run a step of ${named([orphan])}, whose agent is gone.`;
  const hanging = waited.filter((state) => hangingOf(state) !== null);
  const agent = hanging[0] && hangingOf(hanging[0]);
  if (agent) return `Waiting for the agent on "${agent.station}": ${idleText(agent, hanging, zone)}.`;
  return `Waiting until pgAgent has run ${named(waited)}.`;
}

/**
 * That jobs were at work for all the time.
 * @param wait milliseconds
 * @returns null where none is
 */
export function tooLongAtWork(states: readonly JobState[], wait: number, zone: Zone): Failure | null {
  const found = atWork(states, zone);
  if (found.length === 0) return null;
  const what = found.map((one) => one.what).join('; ');
  const isHanging = states.some((state) => isAtWork(state) && hangingOf(state) !== null);
  return new (isHanging ? AgentHangs : Failure)(
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
