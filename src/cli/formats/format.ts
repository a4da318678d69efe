import type { Failure } from '../../failure.ts';
import type { JobPlan } from '../../plan.ts';
import type { Print } from '../../report/json.ts';
import { HIDING, REVEALING, type Shown } from '../../report/masked.ts';
import type { Outcome } from '../move.ts';
import type { Run } from '../run.ts';
import type { Settings } from '../settings.ts';
import type { SettledJob } from '../settle.ts';

/** A run and what it shows. */
export interface Result extends Run {
  /** The selected jobs in their order, each with what is to become of it, or became: to be read once. */
  readonly jobs: AsyncIterable<SettledJob>;
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

export async function* plansOf(jobs: AsyncIterable<SettledJob>): AsyncGenerator<JobPlan> {
  for await (const { plan } of jobs) yield plan;
}
