import type { JobPlan, SkipReason } from '../model/plan.ts';

/**
 * What only the time that has passed since a plan was made would change in a job.
 * @param then its plan for that instant, which is what is written
 * @param now its plan for this moment
 */
export function timeNotes(then: JobPlan, now: JobPlan): readonly string[] {
  const over = without(skippedBy(now, 'schedule-over'), skippedBy(then, 'schedule-over'));
  const active = without(skippedBy(then, 'schedule-not-active'), skippedBy(now, 'schedule-not-active'));
  return [
    ...over.map(
      (id) => `schedule ${id} is over since the plan was made; its chain is written and never fires`,
    ),
    ...active.map((id) => `schedule ${id} is active since the plan was made, which leaves it out`),
    ...(now.expiredExceptions > then.expiredExceptions
      ? ['the day of an exception is over since the plan was made']
      : []),
  ];
}

function skippedBy({ skipped }: JobPlan, reason: SkipReason): readonly (number | undefined)[] {
  return skipped.filter((one) => one.reason === reason).map(({ scheduleId }) => scheduleId);
}

function without<T>(values: readonly T[], others: readonly T[]): readonly T[] {
  return values.filter((value) => !others.includes(value));
}
