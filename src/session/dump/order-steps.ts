import type { Job, Step } from '../../model/job.ts';
import type { StepCollation } from './collations-without-server.ts';

/**
 * A job with its steps as pgAgent ran them: by name, then by id. Where the collations do not agree, two of the orders are
 * beside them.
 * @param collations at least one
 */
export function withOrderedSteps(job: Job, collations: readonly StepCollation[]): Job {
  const [first] = collations;
  if (first === undefined || job.steps.length < 2) return job;
  const steps = sorted(job.steps, first);
  const other = collations.find((collation) => !isSorted(steps, collation));
  if (other === undefined) return { ...job, steps };
  const stepOrders = [first, other].map((collation) => ({
    collation: collation.name,
    stepNames: sorted(job.steps, collation).map(({ name }) => name),
  }));
  return { ...job, steps, stepOrders };
}

function sorted(steps: readonly Step[], collation: StepCollation): readonly Step[] {
  return [...steps].sort((one, other) => compared(one, other, collation));
}

function isSorted(steps: readonly Step[], collation: StepCollation): boolean {
  return steps.every((step, place) => {
    const next = steps[place + 1];
    return next === undefined || compared(step, next, collation) < 0;
  });
}

function compared(one: Step, other: Step, { compare }: StepCollation): number {
  return compare(one.name, other.name) || one.id - other.id;
}
