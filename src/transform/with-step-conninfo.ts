import type { Job } from '../model/job.ts';
import type { JobPlan } from '../model/plan.ts';
import type { Conninfo } from '../postgres/conninfo.ts';
import { stepNeedsConninfo } from './advisories/index.ts';
import type { Context } from './context.ts';
import { planJob } from './plan-job.ts';

/** What stands for an address that is not known yet. */
const UNKNOWN: Conninfo = new Map([
  ['host', '...'],
  ['user', '...'],
]);

/**
 * A plan with what the job would be under `--step-conninfo`, where it lacks only that to move. Pure.
 * @param plan of the job, by the same context
 */
export function withStepConninfo(job: Job, plan: JobPlan, context: Context): JobPlan {
  const lacksIt = plan.advisories.some(({ code }) => code === stepNeedsConninfo.code);
  if (plan.moved !== 'none' || !lacksIt) return plan;
  const options = { ...context.options, stepConninfo: UNKNOWN };
  // Who the user will be is not known.
  const source = { ...context.source, role: null };
  const { chains, advisories } = planJob(job, { ...context, source, options });
  return chains.length === 0 ? plan : { ...plan, withStepConninfo: { chains, advisories } };
}
