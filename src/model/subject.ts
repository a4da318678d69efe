import type { Advisory, JobPlan } from './plan.ts';

/** What an advisory of a job is about: the beginning of the sentence that its message ends. */
export function subject(
  plan: Pick<JobPlan, 'jobId' | 'jobName'>,
  { scheduleId, scheduleName, stepId, stepName }: Partial<Advisory> = {},
): string {
  const job = `job ${plan.jobId} "${plan.jobName}"`;
  if (scheduleId !== undefined) return `${job}, schedule ${named(scheduleId, scheduleName)}`;
  return stepId === undefined ? job : `${job}, step ${named(stepId, stepName)}`;
}

function named(id: number, name: string | undefined): string {
  return name === undefined ? String(id) : `${id} "${name}"`;
}
