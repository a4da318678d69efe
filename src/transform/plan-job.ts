import type { Job, Schedule } from '../model/job.ts';
import type { Advisory, ChainPlan, JobPlan, Skipped } from '../model/plan.ts';
import { startCall } from '../model/start-call.ts';
import { type Varied, varied, written } from '../model/varied.ts';
import { isoInZone } from '../model/zone.ts';
import { aboutHistory } from './about-history.ts';
import { aboutJob, aboutSchedules } from './about-job.ts';
import { aboutSteps } from './about-steps.ts';
import { notActive, onDemand, partHeldBack, stepOrder, unreadableText } from './advisories/index.ts';
import { aboutAnnotations } from './annotations.ts';
import type { Context } from './context.ts';
import { contextOf } from './job-options.ts';
import { joinSteps } from './joined-steps.ts';
import { onDemandChain, planChains } from './plan-chains.ts';
import { planSchedules, whyTooLong } from './plan-schedules.ts';
import type { Firing, ScheduleFate } from './schedule/plan-schedule.ts';
import { literal } from './sql-text.ts';
import { planStep, type StepFate, type TaskDraft } from './step/plan-step.ts';
import { cannotRun, leftOut, stays } from './why-stays.ts';

/**
 * Plans one job: the only entry to this folder. Pure: the clock and all that is known of the target come in by `context`.
 * A job moves whole or stays whole, unless `--partial` takes the rest.
 */
export function planJob(job: Job, runContext: Context): JobPlan {
  const context = contextOf(job, runContext);
  if (job.isUnreadable && (job.enabled || context.options.schedules === 'all'))
    return leftOut(job, [unreadableText({}, context.source.encoding)]);
  const alone = job.steps.map((step) => planStep(step, context, job.hostAgent));
  const steps = context.options.transaction === 'joined' ? joinSteps(job, alone) : alone;
  const fates = planSchedules(job, context);
  const canFire = fates.some(({ kind }) => kind !== 'idle');
  if (job.stepOrders !== undefined && (canFire || isOnDemand(job, context)))
    return leftOut(job, [stepOrder({}, job.stepOrders)]);
  const bare = canFire ? planFiring(job, fates, steps, context) : planIdle(job, fates, steps, context);
  const whole = context.options.disableSource ? heldBack(job, bare) : bare;
  const plan = withHistory(job, whole, context);
  return { ...plan, advisories: plan.advisories.map((advisory) => withNames(job, advisory)) };
}

// A job that moves in part stays enabled in pgAgent, so its chains would run what pgAgent runs too.
function heldBack(job: Job, plan: JobPlan): JobPlan {
  if (plan.moved !== 'part' || !job.enabled) return plan;
  return {
    ...plan,
    chains: plan.chains.map((chain) => ({ ...chain, live: false })),
    advisories: [...plan.advisories, partHeldBack({})],
  };
}

// A job without chains wakes nothing.
function withHistory(job: Job, plan: JobPlan, context: Context): JobPlan {
  if (plan.chains.length === 0) return plan;
  const { advisories, isPaused } = aboutHistory(job, context);
  const said = { ...plan, advisories: [...plan.advisories, ...advisories] };
  if (!isPaused) return said;
  return { ...said, isDormant: true, chains: plan.chains.map((chain) => ({ ...chain, live: false })) };
}

/** The rules know ids; a reader knows names. */
export function withNames(job: Job, advisory: Advisory): Advisory {
  const schedule = job.schedules.find(({ id }) => id === advisory.scheduleId);
  const step = job.steps.find(({ id }) => id === advisory.stepId);
  return {
    ...advisory,
    ...(schedule ? { scheduleName: schedule.name } : {}),
    ...(step ? { stepName: step.name } : {}),
  };
}

/** A job with a schedule that can fire. */
function planFiring(
  job: Job,
  fates: readonly ScheduleFate[],
  steps: readonly StepFate[],
  context: Context,
): JobPlan {
  const firing = fates.filter((fate): fate is Firing => fate.kind === 'fires');
  const parts = planChains(job, firing, tasksOf(steps), context);
  // With --schedules all its chains are not live, and it is started by hand all the same.
  const byHand = isOnDemand(job, context) ? [onDemandChain(job, tasksOf(steps), context)] : [];
  const chains = [...parts.flatMap((part) => part.chains), ...byHand];
  const blocking = [
    ...fates.flatMap((fate) => (fate.kind === 'not-carried' ? fate.advisories : [])),
    ...blockingSteps(steps),
  ];
  const skipped = fates.flatMap(skippedSchedule);
  const plan = { ...stays(job), expiredExceptions: expired(firing) };
  if (blocking.length > 0 && (!context.options.partial || chains.length === 0 || !runsAnything(steps)))
    return { ...leftOut(job, blocking), expiredExceptions: plan.expiredExceptions };
  const later = notActiveYet(job, fates, context);
  const kept = job.schedules.filter(({ id }) => blocking.some(({ scheduleId }) => scheduleId === id));
  return {
    ...plan,
    moved: blocking.length + later.length > 0 ? 'part' : 'whole',
    chains,
    skipped: [...skipped, ...kept.map(scheduleNotCarried), ...steps.flatMap(skippedStep)],
    advisories: [
      ...blocking,
      ...later,
      ...aboutSchedules(job, parts, context),
      ...byHand.map((chain) => onDemand({}, callByHand(chain))),
      ...aboutJob(job, chains, runsAnything(steps), context),
      ...stepNotes(steps),
      ...aboutSteps(job, steps, context),
      ...aboutAnnotations(job),
    ],
  };
}

/** A job without one: pgAgent runs it when it is started by hand, and `--on-demand` takes it if it waits for nothing else. */
function planIdle(
  job: Job,
  fates: readonly ScheduleFate[],
  steps: readonly StepFate[],
  context: Context,
): JobPlan {
  const later = notActiveYet(job, fates, context);
  if (later.length > 0) return leftOut(job, later);
  if (!isOnDemand(job, context)) return cannotRun(job, fates, context);
  const chain = onDemandChain(job, tasksOf(steps), context);
  const blocking = [...blockingSteps(steps), ...whyTooLong(chain.chainName, {})];
  if (blocking.length > 0 && (!context.options.partial || !runsAnything(steps)))
    return leftOut(job, blocking);
  return {
    ...stays(job),
    moved: blocking.length > 0 ? 'part' : 'whole',
    chains: [chain],
    skipped: [...fates.flatMap(skippedSchedule), ...steps.flatMap(skippedStep)],
    advisories: [
      ...blocking,
      onDemand({}, callByHand(chain)),
      ...aboutJob(job, [chain], runsAnything(steps), context),
      ...stepNotes(steps),
      ...aboutSteps(job, steps, context),
      ...aboutAnnotations(job),
    ],
  };
}

function isOnDemand(job: Job, { options }: Context): boolean {
  return options.onDemand && job.enabled && job.schedules.every(({ enabled }) => !enabled);
}

// With --schedules active a schedule that begins later stays, and with it a part of the job.
function notActiveYet(job: Job, fates: readonly ScheduleFate[], { zone }: Context): readonly Advisory[] {
  if (!job.enabled) return [];
  return fates.flatMap((fate) =>
    fate.kind === 'idle' && fate.reason === 'schedule-not-active'
      ? [notActive({ scheduleId: fate.schedule.id }, isoInZone(zone, fate.schedule.start))]
      : [],
  );
}

function callByHand({ chainName }: ChainPlan): string {
  return (
    `SELECT ${startCall('c.chain_id', 's.client_name')} FROM timetable.chain c ` +
    'JOIN timetable.active_session s ON s.client_name = coalesce(c.client_name, s.client_name) ' +
    'JOIN pg_stat_activity a ON a.pid = s.server_pid AND a.datname = current_database() ' +
    `WHERE c.chain_name = ${literal(chainName)} LIMIT 1;`
  );
}

function tasksOf(steps: readonly StepFate[]): readonly TaskDraft[] {
  return steps.flatMap((fate) => (fate.kind === 'task' && fate.joinedInto === undefined ? [fate.task] : []));
}

function stepNotes(steps: readonly StepFate[]): readonly Advisory[] {
  return steps.flatMap((fate) => (fate.kind === 'not-carried' ? [] : fate.advisories));
}

function expired(firing: readonly Firing[]): number {
  return firing.reduce((sum, { exceptions }) => sum + exceptions.expired, 0);
}

function skippedSchedule(fate: ScheduleFate): readonly Skipped[] {
  const { id, name } = fate.schedule;
  const about = (reason: Skipped['reason'], message: string | Varied): readonly Skipped[] => [
    { reason, ...written(varied`schedule "${{ name }}": ${message}`), scheduleId: id },
  ];
  if (fate.kind === 'idle') return about(fate.reason, fate.message);
  if (fate.kind === 'fires' && fate.set.length === 0)
    return about('schedule-covered', 'other schedules of the job have all of its minutes');
  return [];
}

function blockingSteps(steps: readonly StepFate[]): readonly Advisory[] {
  return steps.flatMap((fate) => (fate.kind === 'not-carried' ? fate.advisories : []));
}

function runsAnything(steps: readonly StepFate[]): boolean {
  return steps.some((fate) => fate.kind === 'task' && fate.task.live);
}

function scheduleNotCarried({ id, name }: Schedule): Skipped {
  return {
    reason: 'schedule-not-carried',
    ...written(varied`schedule "${{ name }}" is not carried over`),
    scheduleId: id,
  };
}

function skippedStep(fate: StepFate): readonly Skipped[] {
  if (fate.kind === 'disabled') return [fate.skipped];
  if (fate.kind === 'task') return [];
  return [
    {
      reason: 'step-not-carried',
      ...written(varied`step "${{ name: fate.stepName }}" is not carried over`),
      stepId: fate.stepId,
    },
  ];
}
