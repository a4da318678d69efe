import type { Job } from '../model/job.ts';
import type { ChainPlan, TaskPlan } from '../model/plan.ts';
import { chainTimeout } from './annotations.ts';
import { baseName, onDemandName, partName, stepsName } from './chain-name.ts';
import type { Context } from './context.ts';
import { oneRunAtATime, releaseSnapshot, startingGuard, stoppingGuard } from './guard.ts';
import { linesOf } from './schedule/lines.ts';
import type { Firing } from './schedule/plan-schedule.ts';
import { type Stopped, stoppedRuns } from './schedule/stopped-runs.ts';
import type { TaskDraft } from './step/plan-step.ts';

/** A line that the domain timetable.cron accepts and that never fires (measured). */
export const NEVER = '0 0 30 2 *';

const FIRST_STEP_ORDER = 10;
const STEP_ORDER_GAP = 10;
/** More failed runs than these in four years would hide those that matter. */
const MOST_FAILED_RUNS = 100;

/** The chains of one schedule. */
export interface ScheduleChains {
  readonly firing: Firing;
  readonly chains: readonly ChainPlan[];
  /** What its guards keep from running in the next four years. */
  readonly stopped: Stopped;
  /** The chain that holds the steps where the others only start it. */
  readonly stepsChain: string | null;
}

/** The chains of one schedule before they are written out. */
interface Draft {
  readonly firing: Firing;
  readonly stopped: Stopped;
  /** Whether the chains on its cron lines only start another one, so that nothing has to fail. */
  readonly isStarting: boolean;
}

/** The chains of a job, schedule by schedule. */
export function planChains(
  job: Job,
  firing: readonly Firing[],
  steps: readonly TaskDraft[],
  context: Context,
): readonly ScheduleChains[] {
  const mayStart = canStart(clientName(job, context), context);
  const drafts = firing.map((one): Draft => {
    const stopped = stoppedRuns(one.set, context.zone, context.now);
    return { firing: one, stopped, isStarting: mayStart && stopped.runs > MOST_FAILED_RUNS };
  });
  const holdingSteps = drafts.reduce(
    (sum, { firing: { set }, isStarting }) => sum + (isStarting ? 1 : set.length),
    0,
  );
  const tasks = stepTasks(job, steps, holdingSteps > 1, context);
  return drafts.map((draft) => scheduleChains(job, draft, tasks, context));
}

/** The longest name of a channel that pg_notify takes, and a client listens by its own name. */
const LONGEST_CHANNEL_BYTES = 63;

function canStart(client: string | null, { target }: Context): boolean {
  const names = client === null ? target.knownClients : [client];
  const isShort = (name: string): boolean => Buffer.byteLength(name) <= LONGEST_CHANNEL_BYTES;
  return target.knowsClientName && names.every(isShort);
}

/** The one chain of a job that is started by hand. */
export function onDemandChain(job: Job, steps: readonly TaskDraft[], context: Context): ChainPlan {
  return {
    ...chainOf(job, onDemandName(job, context.ambiguousJobs.has(job.id)), context),
    runAt: NEVER,
    scheduleId: null,
    tasks: numbered([], stepTasks(job, steps, false, context)),
    nextRuns: [],
  };
}

function scheduleChains(job: Job, draft: Draft, steps: StepTasks, context: Context): ScheduleChains {
  const { firing, stopped, isStarting } = draft;
  const { schedule, set } = firing;
  const base = baseName(job, schedule, context);
  const lines = linesOf(set, context.zone, context.now);
  const chains = lines.map(({ runAt, conditions, nextRuns }, index): ChainPlan => {
    const tasks = isStarting
      ? [startingGuard(conditions, stepsName(base), 1)]
      : numbered(conditions.length > 0 ? [stoppingGuard(conditions, 1)] : [], steps);
    return {
      ...chainOf(job, partName(base, index, set.length), context),
      ...(firing.isLive ? {} : { live: false }),
      runAt,
      scheduleId: schedule.id,
      tasks,
      nextRuns,
    };
  });
  if (!isStarting || chains.length === 0) return { firing, chains, stopped, stepsChain: null };
  const holder = holderOf(job, firing, stepsName(base), steps, context);
  return { firing, chains: [...chains, holder], stopped, stepsChain: holder.chainName };
}

// Live, so that nobody takes it for dead, on a line that never comes due.
function holderOf(
  job: Job,
  { schedule, isLive }: Firing,
  name: string,
  steps: StepTasks,
  context: Context,
): ChainPlan {
  return {
    ...chainOf(job, name, context),
    ...(isLive ? {} : { live: false }),
    runAt: NEVER,
    scheduleId: schedule.id,
    tasks: numbered([], steps),
    nextRuns: [],
  };
}

function chainOf(
  job: Job,
  name: string,
  context: Context,
): Omit<ChainPlan, 'runAt' | 'scheduleId' | 'tasks' | 'nextRuns'> {
  return {
    chainName: name,
    clientName: clientName(job, context),
    live: job.enabled && !context.options.paused,
    // pgAgent never runs a job beside itself.
    maxInstances: 1,
    timeout: chainTimeout(job),
  };
}

/** pgAgent: '' is any agent, and one of them takes the run; pg_timetable: NULL is every client, and '' none. */
export function clientName(job: Job, { options }: Context): string | null {
  return options.clientNames.get(job.hostAgent) ?? (job.hostAgent === '' ? null : job.hostAgent);
}

/** The steps as tasks, and the local task that has to stand before them. */
interface StepTasks {
  readonly local: TaskPlan;
  readonly steps: readonly TaskPlan[];
}

function stepTasks(job: Job, drafts: readonly TaskDraft[], isShared: boolean, context: Context): StepTasks {
  const steps = drafts.map(
    ({ taskName, ...rest }, index): TaskPlan => ({
      taskName,
      taskOrder: FIRST_STEP_ORDER + index * STEP_ORDER_GAP,
      ...rest,
    }),
  );
  return { steps, local: isShared ? oneRunAtATime(lockName(job, context), 1) : releaseSnapshot(1) };
}

/** What tells a job from every other that may come to the same target. */
export function lockName(job: Job, { source }: Context): string {
  return `pgAgent job ${job.id} "${job.name}" of database "${source.database}" on ${source.server}`;
}

function numbered(guards: readonly TaskPlan[], { local, steps }: StepTasks): readonly TaskPlan[] {
  return steps.length === 0 ? guards : [...guards, { ...local, taskOrder: guards.length + 1 }, ...steps];
}
