import type { Outcome } from '../../migrate/move.ts';
import type { Failure } from '../../model/failure.ts';
import type { JobPlan } from '../../model/plan.ts';
import type { ReconciledJob } from '../../planning/reconciled-jobs.ts';
import type { Print } from '../../report/json.ts';
import { HIDING, REVEALING, type Shown } from '../../report/masked.ts';
import type { Settings } from '../../session/settings.ts';
import type { Run } from '../run.ts';

/** A run and what it shows. */
export interface Result extends Run {
  /** The selected jobs in their order, each with what is to become of it, or became: to be read once. */
  readonly jobs: AsyncIterable<ReconciledJob>;
  /** null where nothing was written. */
  readonly outcome: Outcome | null;
  /** Why a run would write nothing; empty where it would. */
  readonly reasons: readonly Failure[];
  readonly print: Print;
}

/** Prints a result. */
export type Format = (result: Result) => Promise<void>;

/** How the user wishes texts with secrets to be shown. */
export function shownBy({ showSecrets }: Settings): Shown {
  return showSecrets ? REVEALING : HIDING;
}

export async function* plansOf(jobs: AsyncIterable<ReconciledJob>): AsyncGenerator<JobPlan> {
  for await (const { plan } of jobs) yield plan;
}
