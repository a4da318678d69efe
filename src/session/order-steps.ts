import type { Job, Step, StepOrder } from '../model/job.ts';
import type { StepCollation } from './step-collations.ts';

/**
 * A job with its steps as pgAgent ran them: by name, then by id. Where the collations do not agree, it says so.
 * @param collations at least one
 */
export function withOrderedSteps(job: Job, collations: readonly StepCollation[]): Job {
  if (job.steps.length < 2) return job;
  const orders = collations.map(({ name, compare }) => ({ name, steps: sorted(job.steps, compare) }));
  const [first, ...others] = orders;
  if (first === undefined) return job;
  const isSame = others.every(({ steps }) => steps.every((step, place) => step === first.steps[place]));
  return isSame
    ? { ...job, steps: first.steps }
    : { ...job, steps: first.steps, stepOrders: distinct(orders) };
}

function sorted(steps: readonly Step[], compare: StepCollation['compare']): readonly Step[] {
  return [...steps].sort((one, other) => compare(one.name, other.name) || one.id - other.id);
}

/** Each order once, with all collations that give it. */
function distinct(
  orders: readonly { readonly name: string; readonly steps: readonly Step[] }[],
): readonly StepOrder[] {
  const found = new Map<string, { collations: string[]; steps: readonly Step[] }>();
  for (const { name, steps } of orders) {
    const key = steps.map(({ id }) => id).join();
    const one = found.get(key) ?? { collations: [], steps };
    found.set(key, one);
    if (!one.collations.includes(name)) one.collations.push(name);
  }
  return [...found.values()].map(({ collations, steps }) => ({
    collations,
    stepNames: steps.map(({ name }) => name),
  }));
}
