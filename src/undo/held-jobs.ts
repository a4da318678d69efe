import { setTimeout as sleep } from 'node:timers/promises';
import { whyStuck } from '../cutover/handover-words.ts';
import type { HeldJob } from '../model/undo-result.ts';
import { type JobState, judgeJobs, PAUSE_BETWEEN_LOOKS } from '../pgagent/job-states.ts';
import { lookAtJobs } from '../pgagent/jobs-look.ts';
import type { Client } from '../postgres/connect.ts';

/**
 * Which of some jobs pgAgent does not run though they are enabled: it holds them for running, and nobody lets them go.
 * @param client in no transaction
 * @param jobIds of jobs that are taken
 */
export async function heldJobs(
  client: Client,
  jobIds: readonly number[],
): Promise<ReadonlyMap<number, HeldJob>> {
  if (jobIds.length === 0) return new Map();
  const first = await lookAtJobs(client, jobIds);
  // Whether an agent that is connected still runs a job takes a second look.
  const isSure = judgeJobs(first, first).every(({ kind }) => kind !== 'running');
  if (!isSure) await sleep(PAUSE_BETWEEN_LOOKS);
  const second = isSure ? first : await lookAtJobs(client, jobIds);
  return new Map(
    judgeJobs(first, second).flatMap((state) => {
      const agentId = second.jobs.get(state.jobId)?.agentId ?? null;
      const held = agentId === null ? null : heldBy(state, agentId);
      return held === null ? [] : [[state.jobId, held] as const];
    }),
  );
}

function heldBy(state: JobState, agentId: number): HeldJob | null {
  const free = `UPDATE pgagent.pga_job SET jobagentid = NULL WHERE jobid = ${state.jobId} AND jobagentid = ${agentId};`;
  if (state.kind === 'stuck') return { why: whyStuck(state), free };
  if (state.kind !== 'orphaned') return null;
  const why = `the agent that took it (process ${agentId}) is not connected any more, and process ${state.backend} still runs its step ${state.stepId}`;
  return { why, free };
}
