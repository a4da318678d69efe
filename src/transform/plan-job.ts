import type { Job, Schedule } from '../job.ts';
import type { Advisory, ChainPlan, JobPlan, Skipped, TaskPlan } from '../plan.ts';
import {
  anyHost,
  anyHostSeveralClients,
  boundToClient,
  missingMonthDay,
  nameTooLong,
  noEnabledStep,
  overlappingSchedules,
  severalSchedules,
} from './advisories/index.ts';
import { chainName } from './chain-name.ts';
import type { Context } from './context.ts';
import { namesMissingDay, overlap } from './schedule/calendar.ts';
import { planSchedule, type ScheduleFate } from './schedule/plan-schedule.ts';
import { planStep, type StepFate, type TaskDraft } from './step/plan-step.ts';

type Firing = ScheduleFate & { kind: 'fires' };

/** The longest name that a B-tree index takes for sure: a third of an 8 kB page, less its own heads. */
const LONGEST_NAME_BYTES = 2_600;

const FIRST_STEP_ORDER = 10;
const STEP_ORDER_GAP = 10;

/**
 * Plans one job: the only entry to this folder. Pure: the clock and all that is known of the target come in by `context`.
 * A job moves whole or stays whole, unless `--partial` takes the rest.
 */
export function planJob(job: Job, context: Context): JobPlan {
  const plan = planByIds(job, context);
  return { ...plan, advisories: plan.advisories.map((advisory) => withNames(job, advisory)) };
}

// The rules know ids; a reader knows names.
function withNames(job: Job, advisory: Advisory): Advisory {
  const schedule = job.schedules.find(({ id }) => id === advisory.scheduleId);
  const step = job.steps.find(({ id }) => id === advisory.stepId);
  return {
    ...advisory,
    ...(schedule ? { scheduleName: schedule.name } : {}),
    ...(step ? { stepName: step.name } : {}),
  };
}

function planByIds(job: Job, context: Context): JobPlan {
  const schedules = job.schedules.map((schedule) => planSchedule(schedule, context.now));
  const steps = job.steps.map((step) => planStep(step, context));
  const firing = schedules.filter((fate): fate is Firing => fate.kind === 'fires');
  const stuck = schedules.filter((fate) => fate.kind === 'not-carried');
  const idle = schedules.flatMap((fate): Skipped[] =>
    fate.kind === 'idle' ? [{ reason: fate.reason, message: named(fate), scheduleId: fate.schedule.id }] : [],
  );
  if (firing.length === 0 && stuck.length === 0) return { ...stays(job), skipped: [...idle, cannotRun(job)] };

  const tasks = planTasks(steps.flatMap((fate) => (fate.kind === 'task' ? [fate.task] : [])));
  const planned = firing.map((fate) => planChain(job, fate, tasks, context));
  const chains = planned.filter((chain) => tooLong(chain).length === 0);
  const blocking = [
    ...stuck.flatMap((fate) => fate.advisories),
    ...blockingSteps(steps),
    ...planned.flatMap(tooLong),
  ];
  if (blocking.length > 0 && (!context.options.partial || chains.length === 0 || !hasTasks(steps))) {
    return { ...stays(job), skipped: [...idle, leftOut(blocking)], advisories: blocking };
  }
  const moved = firing.filter(({ schedule }) => chains.some(({ scheduleId }) => scheduleId === schedule.id));
  const kept = job.schedules.filter(({ id }) => blocking.some(({ scheduleId }) => scheduleId === id));
  const stepNotes = steps.filter((fate) => fate.kind !== 'not-carried').flatMap((fate) => fate.advisories);
  return {
    ...stays(job),
    moved: blocking.length > 0 ? 'part' : 'whole',
    chains,
    skipped: [...idle, ...kept.map(scheduleNotCarried), ...steps.flatMap(skippedStep)],
    advisories: [
      ...blocking,
      ...aboutSchedules(moved),
      ...aboutJob(job, chains, steps, context),
      ...stepNotes,
    ],
  };
}

function stays(job: Job): JobPlan {
  return {
    jobId: job.id,
    jobName: job.name,
    enabled: job.enabled,
    hostAgent: job.hostAgent,
    moved: 'none',
    chains: [],
    skipped: [],
    advisories: [],
  };
}

function named(fate: ScheduleFate & { kind: 'idle' }): string {
  return `schedule "${fate.schedule.name}": ${fate.message}`;
}

function cannotRun(job: Job): Skipped {
  const why = job.schedules.length === 0 ? 'it has no schedule' : 'none of its schedules can still fire';
  return { reason: 'job-cannot-run', message: `${why}; pgAgent runs it only when started by hand` };
}

function leftOut(blocking: readonly Advisory[]): Skipped {
  const codes = [...new Set(blocking.map(({ code }) => code))].join(', ');
  return { reason: 'job-left-out', message: `the whole job stays on pgAgent (${codes})` };
}

function blockingSteps(steps: readonly StepFate[]): readonly Advisory[] {
  return steps.flatMap((fate) => (fate.kind === 'not-carried' ? fate.advisories : []));
}

function hasTasks(steps: readonly StepFate[]): boolean {
  return steps.some((fate) => fate.kind === 'task' && fate.task.live);
}

function tooLong({ chainName: name, scheduleId }: ChainPlan): readonly Advisory[] {
  const bytes = new TextEncoder().encode(name).length;
  return bytes > LONGEST_NAME_BYTES ? [nameTooLong({ scheduleId }, bytes, LONGEST_NAME_BYTES)] : [];
}

function scheduleNotCarried({ id, name }: Schedule): Skipped {
  return {
    reason: 'schedule-not-carried',
    message: `schedule "${name}" is not carried over`,
    scheduleId: id,
  };
}

function skippedStep(fate: StepFate): readonly Skipped[] {
  if (fate.kind === 'disabled') return [fate.skipped];
  if (fate.kind === 'task') return [];
  return [
    {
      reason: 'step-not-carried',
      message: `step "${fate.stepName}" is not carried over`,
      stepId: fate.stepId,
    },
  ];
}

function planChain(
  job: Job,
  { schedule, runAt }: Firing,
  tasks: readonly TaskPlan[],
  context: Context,
): ChainPlan {
  const { ambiguousSchedules, options } = context;
  return {
    chainName: chainName(job.name, schedule, ambiguousSchedules.has(schedule.id)),
    runAt,
    clientName: clientName(job, context),
    live: job.enabled && !options.paused,
    // pgAgent never runs a job beside itself.
    maxInstances: 1,
    scheduleId: schedule.id,
    tasks,
  };
}

// A chain's own transaction holds a snapshot until its first local statement without parameters (recorded: probe purge-then-vacuum-after-local).
const RELEASE_SNAPSHOT: TaskPlan = {
  taskName: 'release snapshot',
  taskOrder: 1,
  kind: 'SQL',
  command: 'SELECT 1',
  parameters: [],
  databaseConnection: null,
  ignoreError: false,
  autonomous: false,
  live: true,
  stepId: null,
};

function planTasks(drafts: readonly TaskDraft[]): readonly TaskPlan[] {
  const tasks = drafts.map(
    ({ taskName, ...rest }, index): TaskPlan => ({
      taskName,
      taskOrder: FIRST_STEP_ORDER + index * STEP_ORDER_GAP,
      ...rest,
    }),
  );
  return tasks.length === 0 ? [] : [RELEASE_SNAPSHOT, ...tasks];
}

// pgAgent: '' is any agent, and one of them takes the run; pg_timetable: NULL is every client, and '' none.
function clientName(job: Job, { options }: Context): string | null {
  return options.clientNames.get(job.hostAgent) ?? (job.hostAgent === '' ? null : job.hostAgent);
}

function aboutSchedules(firing: readonly Firing[]): readonly Advisory[] {
  const found: Advisory[] = [];
  for (const [index, { schedule, product }] of firing.entries()) {
    const about = { scheduleId: schedule.id };
    if (namesMissingDay(product)) found.push(missingMonthDay(about));
    for (const earlier of firing.slice(0, index)) {
      if (overlap(earlier.product, product))
        found.push(overlappingSchedules(about, `"${earlier.schedule.name}"`));
    }
  }
  return found;
}

function aboutJob(
  job: Job,
  chains: readonly ChainPlan[],
  steps: readonly StepFate[],
  context: Context,
): readonly Advisory[] {
  const { connectedClients, knownClients } = context.target;
  const client = clientName(job, context);
  const found: Advisory[] = [];
  if (chains.length > 1) found.push(severalSchedules({}, chains.length));
  if (client !== null) found.push(boundToClient({}, client, connectedClients.includes(client)));
  else found.push(knownClients.length > 1 ? anyHostSeveralClients({}, knownClients) : anyHost({}));
  if (!hasTasks(steps)) found.push(noEnabledStep({}));
  return found;
}
