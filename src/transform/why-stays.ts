import type { Job } from '../model/job.ts';
import type { Advisory, JobPlan } from '../model/plan.ts';
import { type Varied, varied, written } from '../model/varied.ts';
import { stepNeedsConninfo } from './advisories/index.ts';
import type { Context } from './context.ts';
import type { ScheduleFate } from './schedule/plan-schedule.ts';

/** A job none of which moves, but for the reason. */
export function stays(job: Job): JobPlan {
  return {
    jobId: job.id,
    jobName: job.name,
    enabled: job.enabled,
    hostAgent: job.hostAgent,
    moved: 'none',
    chains: [],
    skipped: [],
    expiredExceptions: 0,
    advisories: [],
  };
}

/** A job that advisories keep on pgAgent. */
export function leftOut(job: Job, because: readonly Advisory[]): JobPlan {
  const codes = [...new Set(because.map(({ code }) => code))];
  const message =
    codes.join() === stepNeedsConninfo.code
      ? 'needs --step-conninfo, so it stays on pgAgent'
      : `it stays on pgAgent: see its advisories ${codes.join(', ')}`;
  return { ...stays(job), skipped: [{ reason: 'job-left-out', message }], advisories: because };
}

/** A job that no schedule starts. */
export function cannotRun(job: Job, fates: readonly ScheduleFate[], context: Context): JobPlan {
  const text = varied`${whyNot(job, fates)}${whatToDo(job, fates, context)}`;
  return { ...stays(job), skipped: [{ reason: 'job-cannot-run', ...written(text) }] };
}

// pgAgent's trigger takes the next run from a disabled job, so that nothing starts it.
function whyNot(job: Job, fates: readonly ScheduleFate[]): string | Varied {
  if (!job.enabled) return 'it is disabled in pgAgent, which does not run it.';
  return varied`${whyIdle(fates)}: pgAgent runs it only when it is started by hand.`;
}

function whyIdle(fates: readonly ScheduleFate[]): string | Varied {
  const [first, ...others] = fates;
  if (first === undefined) return 'it has no schedule';
  if (others.length === 0) return first.kind === 'idle' ? first.message : 'its schedule cannot fire';
  if (fates.every(isDisabled)) return varied`none of its ${{ schedules: fates.length }} schedules is enabled`;
  return varied`none of its ${{ schedules: fates.length }} schedules can still fire`;
}

function whatToDo(job: Job, fates: readonly ScheduleFate[], { options }: Context): string {
  const all = fates.some((fate) => fate.kind === 'idle' && fate.reason !== 'schedule-impossible');
  const ways = [
    ...(job.enabled && fates.every(isDisabled) ? ['To move it for that: --on-demand.'] : []),
    ...(all && options.schedules !== 'all' ? ['To create its chains, not live: --schedules all.'] : []),
  ];
  return ways.map((way) => ` ${way}`).join('');
}

function isDisabled({ schedule }: ScheduleFate): boolean {
  return !schedule.enabled;
}
