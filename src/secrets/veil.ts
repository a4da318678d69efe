import type { JobPlan, PlanHeader } from '../model/plan.ts';
import { type Shown, shownHeader, shownJobPlan } from './masked.ts';

/** How a plan stands in a document that others read. */
export interface Veil {
  header(header: PlanHeader): PlanHeader;
  job(plan: JobPlan): JobPlan;
  /** What the document says of it, asked for once the jobs are through. */
  readonly tail: Readonly<Record<string, unknown>>;
}

/** Nothing but what is shown. */
export function masking(shown: Shown): Veil {
  return {
    header: (header) => shownHeader(header, shown),
    job: (plan) => shownJobPlan(plan, shown),
    tail: {},
  };
}
