import { createHash } from 'node:crypto';
import { isOfThisJob } from '../cutover/as-it-stood.ts';
import { type Action, decide } from '../cutover/decide.ts';
import type { ChainPlan, JobPlan } from '../plan.ts';
import { onSide } from '../postgres/query-errors.ts';
import type { ChainNow } from '../record.ts';
import { readChainsNow } from '../timetable/chain-digests.ts';
import { findChainsOfOthers, findTakenNames } from '../timetable/conflicts.ts';
import { forChainFile } from '../transform/chain-file.ts';
import { planJob } from '../transform/plan-job.ts';
import type { Session } from './session.ts';
import type { Settings } from './settings.ts';
import type { StandingJob } from './standing.ts';

/** A job with its plan, and what becomes of it on the target. */
export interface SettledJob extends StandingJob {
  readonly plan: JobPlan;
  /** Of the chains as planned. */
  readonly digest: string;
  readonly action: Action;
  /** The chains that are there of it, and those that bear names of its own, by id; those of other jobs may be among them. */
  readonly chainsNow: ReadonlyMap<number, ChainNow>;
  /** The chains that bear the names that it is to have, by name. */
  readonly taken: ReadonlyMap<string, number>;
  /** Whether this run hands it over: disables it in pgAgent as its chains go live. */
  readonly isHandedOver: boolean;
}

/** The selected jobs, each planned, and held against what the target has at this moment. */
export async function* settledJobs(session: Session, settings: Settings): AsyncGenerator<SettledJob> {
  for await (const batch of session.standingJobs()) yield* await settle(batch, session, settings);
}

async function settle(
  jobs: readonly StandingJob[],
  session: Session,
  settings: Settings,
): Promise<readonly SettledJob[]> {
  const planned = jobs.map((standing) => ({ ...standing, plan: planJob(standing.job, session.context) }));
  const { chainsNow, taken, ofOthers } = await lookAtTarget(planned, session);
  return planned.map((standing): SettledJob => {
    const { job, plan, row, record, isDisabledByUs } = standing;
    const digest = planDigest(plan.chains);
    const own = new Set(record?.chains.map(({ id }) => id));
    const takenNames = plan.chains
      .map(({ chainName }) => chainName)
      .filter((name) => taken.has(name) && !own.has(taken.get(name) ?? 0));
    const action = decide(
      {
        record,
        chainsNow,
        takenNames,
        namesOfOthers: takenNames.filter((name) => ofOthers.has(taken.get(name) ?? 0)),
        isAnotherJob: record !== null && !isOfThisJob(row, record),
        isDisabledByUs,
      },
      {
        chains: plan.chains,
        isWhole: plan.moved === 'whole',
        digests:
          record === null || record.planDigest === digest
            ? [digest]
            : // What only time has changed is no other plan.
              [digest, planDigest(planJob(job, { ...session.context, now: record.plannedAt }).chains)],
        onConflict: settings.onConflict,
        force: settings.force,
      },
    );
    const settled = {
      ...standing,
      digest,
      action,
      chainsNow,
      taken,
      isHandedOver: isHandedOver(standing, action, settings),
    };
    return settings.format === 'yaml' && action.kind === 'create' ? inChainFile(settled) : settled;
  });
}

// What the file cannot hold is no part of the plan, so that the exit code tells of it.
function inChainFile(settled: SettledJob): SettledJob {
  const plan = forChainFile(settled.job, settled.plan);
  return plan.chains.length === 0 ? { ...settled, plan, action: { kind: 'none' } } : { ...settled, plan };
}

async function lookAtTarget(
  planned: readonly (StandingJob & { readonly plan: JobPlan })[],
  { target, targetClient: client, sourceKey }: Session,
): Promise<{
  readonly chainsNow: ReadonlyMap<number, ChainNow>;
  readonly taken: ReadonlyMap<string, number>;
  /** The chains among these that were made for another source. */
  readonly ofOthers: ReadonlySet<number>;
}> {
  if (target.missingRights.length > 0) return { chainsNow: new Map(), taken: new Map(), ofOthers: new Set() };
  const own = new Set(planned.flatMap(({ record }) => record?.chains.map(({ id }) => id) ?? []));
  return onSide('target', async () => {
    const taken = await findTakenNames(
      client,
      planned.flatMap(({ plan }) => plan.chains.map(({ chainName }) => chainName)),
    );
    return {
      chainsNow: await readChainsNow(client, [...new Set([...own, ...taken.values()])]),
      taken,
      ofOthers: await findChainsOfOthers(
        client,
        sourceKey,
        [...taken.values()].filter((id) => !own.has(id)),
      ),
    };
  });
}
// Only what moves whole may go from pgAgent, and only what runs there has to.
function isHandedOver(
  { job, plan, row, record, isDisabledByUs }: StandingJob & { readonly plan: JobPlan },
  { kind }: Action,
  { disableSource }: Settings,
): boolean {
  if (!disableSource || plan.moved !== 'whole' || !job.enabled || kind === 'skip' || kind === 'conflict')
    return false;
  return row.enabled || (record?.phase === 'cutting-over' && isDisabledByUs);
}

/** What tells chains as planned from others, `live` and what only shows them apart. */
function planDigest(chains: readonly ChainPlan[]): string {
  const told = chains.map(({ chainName, runAt, clientName, maxInstances, timeout, scheduleId, tasks }) => [
    chainName,
    runAt,
    clientName,
    maxInstances,
    timeout,
    scheduleId,
    tasks.map((task) => [
      task.taskName,
      task.taskOrder,
      task.kind,
      task.command,
      task.parameters,
      task.databaseConnection,
      task.ignoreError,
      task.autonomous,
      task.live,
      task.stepId,
    ]),
  ]);
  return createHash('sha256').update(JSON.stringify(told)).digest('hex');
}
