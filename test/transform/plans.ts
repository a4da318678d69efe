import assert from 'node:assert/strict';
import type { Job } from '../../src/model/job.ts';
import { type ChainPlan, type JobPlan, jobPlanSchema, type TaskPlan } from '../../src/model/plan.ts';
import type { Context } from '../../src/transform/context.ts';
import { planJob } from '../../src/transform/plan-job.ts';
import { context, sqlStep } from '../job-builders.ts';

/** A job's plan, which is of the published shape and plain data. */
export function plan(one: Job, where: Context = context()): JobPlan {
  const found = planJob(one, where);
  assert.deepEqual(jobPlanSchema.parse(found), found);
  assert.deepEqual(JSON.parse(JSON.stringify(found)), found, 'a plan is plain data');
  return found;
}

/** What was skipped: each reason with the schedule or step that it is about. */
export function reasons({ skipped }: JobPlan): readonly string[] {
  return skipped.map(({ reason, scheduleId, stepId }) =>
    [reason, scheduleId ?? stepId ?? []].flat().join(' '),
  );
}

/** The tasks of the first chain. */
export function tasks(found: JobPlan): readonly TaskPlan[] {
  return found.chains[0]?.tasks ?? [];
}

/** A chain's tasks, each with its order. */
export function orders({ tasks: all }: ChainPlan): readonly (readonly [string, number])[] {
  return all.map(({ taskName, taskOrder }) => [taskName, taskOrder]);
}

export const PARTIAL = context({ options: { partial: true } });

/** A step that cannot be carried over without --step-conninfo. */
export const ELSEWHERE = sqlStep({
  id: 2,
  name: 'elsewhere',
  connection: { kind: 'database', name: 'reports' },
});
