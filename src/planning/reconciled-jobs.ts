import { createHash } from 'node:crypto';
import { oneAhead } from '../model/one-ahead.ts';
import type { ChainPlan, JobPlan } from '../model/plan.ts';
import type { ChainNow, RecordedOptions } from '../model/record.ts';
import { onSide } from '../postgres/query-errors.ts';
import { together } from '../postgres/together.ts';
import type { CurrentJob } from '../session/current-jobs.ts';
import { isOfThisJob } from '../session/original-state.ts';
import { optionsToRecord, refuseMasked } from '../session/recorded-options.ts';
import type { Session } from '../session/session.ts';
import type { Settings } from '../session/settings.ts';
import { readChainsNow } from '../timetable/chain-digests.ts';
import { findChainsOfOthers, findTakenNames } from '../timetable/conflicts.ts';
import { forChainFile } from '../transform/chain-file.ts';
import type { Context } from '../transform/context.ts';
import { planJob } from '../transform/plan-job.ts';
import { readyToPlan } from '../transform/ready-to-plan.ts';
import { withStepConninfo } from '../transform/with-step-conninfo.ts';
import { type Action, reconcile } from './reconcile.ts';
import { thanFromDump } from './than-from-dump.ts';

/** A job with its plan, and what becomes of it on the target. */
export interface ReconciledJob extends CurrentJob {
  /** What it is planned by. */
  readonly context: Context;
  readonly plan: JobPlan;
  /** Of the chains as planned. */
  readonly digest: string;
  readonly action: Action;
  /** The chains that are there of it, and those that bear names of its own, by id. */
  readonly chainsNow: ReadonlyMap<number, ChainNow>;
  /** The chains that bear the names that it is to have, by name. */
  readonly taken: ReadonlyMap<string, number>;
  /** Whether this run hands it over: disables it in pgAgent as its chains go live. */
  readonly isHandedOver: boolean;
}

type PlannedJob = Pick<ReconciledJob, keyof CurrentJob | 'context' | 'plan'>;

/**
 * The selected jobs, each planned, and held against what the target has at this moment.
 * @param jobIds those to be planned; null for all that are selected
 */
export async function* reconciledJobs(
  session: Session,
  settings: Settings,
  jobIds: readonly number[] | null = null,
): AsyncGenerator<ReconciledJob> {
  const batches = oneAhead(fewAtATime(session.currentJobs(jobIds)), async (jobs) => {
    const planned = await planBatch(jobs, session, settings);
    return { planned, seen: await lookAtTarget(planned, session) };
  });
  for await (const { planned, seen } of batches) yield* reconcileBatch(planned, seen, session, settings);
}

/** A plan is large, and those of two batches are held at once. */
const JOBS_PLANNED_AT_ONCE = 250;

async function* fewAtATime(
  batches: AsyncIterable<readonly CurrentJob[]>,
): AsyncGenerator<readonly CurrentJob[]> {
  for await (const jobs of batches)
    for (let at = 0; at < jobs.length; at += JOBS_PLANNED_AT_ONCE)
      yield jobs.slice(at, at + JOBS_PLANNED_AT_ONCE);
}

function reconcileBatch(
  planned: readonly PlannedJob[],
  seen: Seen,
  session: Session,
  settings: Settings,
): readonly ReconciledJob[] {
  return planned.map((current): ReconciledJob => {
    const { job, context, plan, row, record, isDisabledByUs } = current;
    const digest = planDigest(plan.chains);
    const digestBy = (other: Context): string => planDigest(planJob(job, other).chains);
    const digests =
      record === null || record.planDigest === digest
        ? [digest]
        : // What only time has changed is no other plan.
          [digest, digestBy({ ...context, now: record.plannedAt })];
    const isFromDump = record !== null && record.source !== session.sourceKey;
    const own = new Set(record?.chains.map(({ id }) => id));
    const names = plan.chains.map(({ chainName }) => chainName);
    const taken = only(seen.taken, names);
    const chainsNow = only(seen.chainsNow, [...own, ...taken.values()]);
    const takenNames = names.filter((name) => taken.has(name) && !own.has(taken.get(name) ?? 0));
    const action = reconcile(
      {
        record,
        chainsNow,
        takenNames,
        namesOfOthers: takenNames.filter((name) => seen.ofOthers.has(taken.get(name) ?? 0)),
        isAnotherJob: record !== null && !isOfThisJob(row, record),
        isFromDump,
        isDisabledByUs,
      },
      {
        chains: plan.chains,
        isWhole: plan.moved === 'whole',
        digests,
        thanFromDump:
          isFromDump && !digests.includes(record.planDigest) ? thanFromDump(record, context, digestBy) : null,
        onConflict: settings.onConflict,
        force: settings.force,
      },
    );
    const reconciled = {
      ...current,
      digest,
      action,
      chainsNow,
      taken,
      isHandedOver: isHandedOver(current, action, settings),
    };
    return settings.format === 'yaml' && action.kind === 'create' ? inChainFile(reconciled) : reconciled;
  });
}

/** What SQL is read into is large: that of few jobs at a time. */
const JOBS_READ_AHEAD = 20;

async function planBatch(
  jobs: readonly CurrentJob[],
  session: Session,
  settings: Settings,
): Promise<readonly PlannedJob[]> {
  const planned: PlannedJob[] = [];
  for (let at = 0; at < jobs.length; at += JOBS_READ_AHEAD) {
    const few = jobs.slice(at, at + JOBS_READ_AHEAD);
    await readyToPlan(few.map(({ job }) => job));
    for (const current of few) {
      refuseMasked(current, session.context, session.settings.given);
      const context = session.contextFor(current);
      const plan = planJob(current.job, context);
      planned.push({
        ...{ ...current, context },
        plan: settings.dryRun ? withStepConninfo(current.job, plan, context) : plan,
      });
    }
  }
  return planned;
}

function only<Key, Value>(all: ReadonlyMap<Key, Value>, keys: readonly Key[]): ReadonlyMap<Key, Value> {
  const found = new Map<Key, Value>();
  for (const key of keys) {
    const value = all.get(key);
    if (value !== undefined) found.set(key, value);
  }
  return found;
}

// What the file cannot hold is no part of the plan, so that the exit code tells of it.
function inChainFile(reconciled: ReconciledJob): ReconciledJob {
  const plan = forChainFile(reconciled.job, reconciled.plan);
  return plan.chains.length === 0
    ? { ...reconciled, plan, action: { kind: 'none' } }
    : { ...reconciled, plan };
}

/** What the target has of chains and names that concern some jobs. */
interface Seen extends Pick<ReconciledJob, 'chainsNow' | 'taken'> {
  /** The chains among these that were made for another source. */
  readonly ofOthers: ReadonlySet<number>;
}

async function lookAtTarget(
  planned: readonly PlannedJob[],
  { target, targetClient: client, sourceKeys }: Session,
): Promise<Seen> {
  if (client === null || target.missingRights.length > 0)
    return { chainsNow: new Map(), taken: new Map(), ofOthers: new Set() };
  const own = new Map(planned.flatMap(({ ownChains }) => ownChains.map((chain) => [chain.id, chain])));
  return onSide('target', async () => {
    const taken = await findTakenNames(
      client,
      planned.flatMap(({ plan }) => plan.chains.map(({ chainName }) => chainName)),
    );
    const others = [...taken.values()].filter((id) => !own.has(id));
    const [named, ofOthers] = await together([
      readChainsNow(client, others),
      findChainsOfOthers(client, sourceKeys, others),
    ]);
    return { chainsNow: new Map([...own, ...named]), taken, ofOthers };
  });
}

// Only what moves whole may go from pgAgent, and only what runs there has to.
function isHandedOver(
  { job, plan, row, record, isDisabledByUs }: CurrentJob & { readonly plan: JobPlan },
  { kind }: Action,
  { disableSource }: Settings,
): boolean {
  if (!disableSource || plan.moved !== 'whole' || plan.isDormant || !job.enabled) return false;
  if (kind === 'skip' || kind === 'conflict') return false;
  return row.enabled || (record?.phase === 'cutting-over' && isDisabledByUs);
}

/** Whether chains that run by the clock are exchanged for others that do, with no cutover: no minute may fall between them. */
export function replacesLive({ action, plan, record, isHandedOver }: ReconciledJob): boolean {
  if (action.kind !== 'replace' || isHandedOver || !plan.chains.some(({ live }) => live)) return false;
  const isRecordedLive = record?.phase !== 'cutting-over' && record?.chains.some(({ live }) => live) === true;
  return isRecordedLive || action.oldNames.length > 0;
}

/** What the record keeps of the options of a job. */
export function recordedOptionsOf(
  { job, context, digest, plan }: Pick<ReconciledJob, 'job' | 'context' | 'digest' | 'plan'>,
  settings: Settings,
): RecordedOptions {
  const { options } = context;
  const without = { ...context, options: { ...options, stepConninfo: null } };
  const needsConninfo = options.stepConninfo !== null && planDigest(planJob(job, without).chains) !== digest;
  return optionsToRecord(job, context, settings, needsConninfo, plan.isDormant ?? false);
}

/** What tells chains as planned from others, `live` and what only shows them apart. */
export function planDigest(chains: readonly ChainPlan[]): string {
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
