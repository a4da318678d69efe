import type { Job } from '../model/job.ts';
import type { ChainPlan, TaskPlan } from '../model/plan.ts';
import type { ChainNow, JobRecord, RecordedChain } from '../model/record.ts';
import type { TargetChain, TargetTask } from '../model/target-chain.ts';
import type { Problem } from '../model/verdict.ts';
import { planDigest } from '../planning/reconciled-jobs.ts';
import type { CurrentJob } from '../session/current-jobs.ts';
import { isOfThisJob } from '../session/original-state.ts';
import { baseName, baseOf, chainName } from '../transform/chain-name.ts';
import type { Context } from '../transform/context.ts';
import { planJob } from '../transform/plan-job.ts';

/** A job under the name that its chains have, with what it is compared by. */
export interface MovedJob {
  readonly job: Job;
  readonly context: Context;
  /** null for a job that this tool did not move. */
  readonly record: JobRecord | null;
}

/** The job as its chains know it: it, a schedule or another job may have got another name since. */
export function asMoved({ job, row, record }: CurrentJob, context: Context): MovedJob {
  if (record === null || !isOfThisJob(row, record)) return { job, context, record: null };
  const recordedNames = new Map(
    job.schedules.map((schedule) => [
      schedule.id,
      recordedBase(schedule, record) ?? baseName(job, schedule, context),
    ]),
  );
  return {
    job: { ...job, name: record.jobName },
    context: { ...context, recordedNames, source: { ...context.source, ...sourceOf(record, context) } },
    record,
  };
}

// Chains of a dump name it in their lock.
function sourceOf({ source: key }: JobRecord, { source }: Context): Partial<Context['source']> {
  if (key === `${source.server}/${source.database}`) return {};
  const end = key.indexOf('/');
  return { server: key.slice(0, end), database: key.slice(end + 1) };
}

function recordedBase(
  schedule: Job['schedules'][number],
  { jobName, chains }: JobRecord,
): string | undefined {
  const bases = chains.map(({ name }) => baseOf(name));
  const at = chains.findIndex(({ scheduleId }) => scheduleId === schedule.id);
  if (at !== -1) return bases[at];
  const possible = [false, true].map((isShared) => chainName(jobName, schedule, isShared));
  return possible.find((name) => bases.includes(name));
}

/** Whether somebody changed its chains since they were written: to tell what, the job is planned again. */
export function isChangedByHand({ record }: MovedJob, chainsNow: ReadonlyMap<number, ChainNow>): boolean {
  return changedChains(record, chainsNow).length > 0;
}

function changedChains(
  record: JobRecord | null,
  chainsNow: ReadonlyMap<number, ChainNow>,
): readonly RecordedChain[] {
  return (record?.chains ?? []).filter(({ id, digest }) => {
    const now = chainsNow.get(id);
    return now !== undefined && now.digest !== digest;
  });
}

/**
 * What somebody changed in the chains of a job since they were written, as far as no other problem says it.
 * @param found the chains as they are, and the problems known of them
 */
export function changedByHand(
  { job, context, record }: MovedJob,
  chains: readonly TargetChain[],
  chainsNow: ReadonlyMap<number, ChainNow>,
  found: readonly Problem[],
): readonly Problem[] {
  const changed = changedChains(record, chainsNow);
  if (record === null || changed.length === 0) return [];
  const { chains: planned } = planJob(job, { ...context, now: record.plannedAt });
  // A job that was changed too says nothing of what its tasks were.
  const isAsPlanned = planDigest(planned) === record.planDigest;
  return changed.flatMap(({ id, name }): readonly Problem[] => {
    const chain = chains.find(({ chainId }) => chainId === id);
    const plan = planned.find((one) => one.chainName === name);
    const tasks = isAsPlanned && chain && plan ? changedTasks(chain, plan) : [];
    const said = found.filter(({ chainName: of }) => of === name);
    if (tasks.length === 0 && said.length > 0) return [];
    if (tasks.every((task) => said.some(({ message }) => message.includes(task))) && tasks.length > 0)
      return [];
    const message =
      tasks.length === 0
        ? 'it was changed by hand'
        : `its ${tasks.length === 1 ? 'task' : 'tasks'} ${tasks.join(', ')} ${tasks.length === 1 ? 'was' : 'were'} changed by hand`;
    return [{ code: 'changed-by-hand', chainName: name, message }];
  });
}

/** Those that are other than planned, were added, or are gone. */
function changedTasks({ tasks }: TargetChain, plan: ChainPlan): readonly string[] {
  const written = plan.tasks.map(textOfPlan);
  const now = tasks.map(textOfTask);
  return [
    ...tasks.filter((_, index) => !written.includes(now[index] ?? '')).map(({ taskName }) => taskName),
    ...plan.tasks.filter((_, index) => !now.includes(written[index] ?? '')).map(({ taskName }) => taskName),
  ]
    .filter((name, index, all) => all.indexOf(name) === index)
    .map((name) => `"${name}"`);
}

const textOf = (
  { taskName, kind, command, parameters, ignoreError, autonomous, live }: TaskPlan | TargetTask,
  connection: string | null,
  more: readonly unknown[],
): string =>
  JSON.stringify([
    taskName,
    kind,
    command,
    parameters,
    ignoreError,
    autonomous,
    live,
    connection ?? '',
    ...more,
  ]);

const textOfPlan = (task: TaskPlan): string => textOf(task, task.databaseConnection, ['', 0]);
const textOfTask = (task: TargetTask): string =>
  textOf(task, task.databaseConnection, [task.runAs ?? '', task.timeout]);
