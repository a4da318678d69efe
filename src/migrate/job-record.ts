import { isDeepStrictEqual } from 'node:util';
import type { Job } from '../model/job.ts';
import type { Phase, RecordedChain } from '../model/record.ts';
import { type ReconciledJob, recordedOptionsOf } from '../planning/reconciled-jobs.ts';
import type { Session } from '../session/session.ts';
import type { Descriptions, NewRecord, RecordChange } from '../timetable/record.ts';

/** What is kept of a job whose chains are made. */
export function newRecord<Chain>(
  reconciled: ReconciledJob,
  { clocks, context, settings }: Session,
  chains: readonly Chain[],
): NewRecord<Chain> {
  const { job, row, digest } = reconciled;
  return {
    jobId: job.id,
    jobName: job.name,
    jobCreated: row.created,
    phase: phaseOf(reconciled),
    wasEnabled: job.enabled,
    wasNextRun: row.nextRun,
    wasChanged: row.changed,
    timeZone: clocks.source?.name ?? null,
    plannedAt: context.now,
    planDigest: digest,
    options: recordedOptionsOf(reconciled, settings),
    chains,
    descriptions: descriptionsOf(job),
  };
}

/** What the record of a job whose chains are kept is to say from now on; null where it says so. */
export function changedRecord(reconciled: ReconciledJob, { settings }: Session): RecordChange | null {
  const { action, plan, job } = reconciled;
  if (action.kind !== 'keep') return null;
  const { record } = action;
  const chains = record.chains.map(
    (chain): RecordedChain => ({
      ...chain,
      live: plan.chains.find(({ chainName }) => chainName === chain.name)?.live ?? chain.live,
    }),
  );
  const phase = phaseOf(reconciled);
  const options = recordedOptionsOf(reconciled, settings);
  const isChanged =
    phase !== record.phase ||
    job.enabled !== record.wasEnabled ||
    !isDeepStrictEqual(options, record.options) ||
    chains.some(({ live }, index) => live !== record.chains[index]?.live);
  return isChanged ? { jobId: job.id, phase, wasEnabled: job.enabled, options, chains } : null;
}

// What is handed over stands halfway until its chains are live.
function phaseOf({ isDisabledByUs, isHandedOver }: ReconciledJob): Phase {
  if (isHandedOver) return 'cutting-over';
  return isDisabledByUs ? 'cut-over' : 'moved';
}

/** What pg_timetable has no place for: only what says something. */
function descriptionsOf(job: Job): Descriptions {
  const texts = (items: readonly { id: number; description: string }[]): Record<string, string> =>
    Object.fromEntries(
      items.filter(({ description }) => description !== '').map(({ id, description }) => [id, description]),
    );
  return {
    class: job.className,
    job: job.description,
    schedules: texts(job.schedules),
    steps: texts(job.steps),
  };
}
