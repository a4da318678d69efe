import type { Result } from '../../migrate/run.ts';
import type { Asked } from '../../model/groups.ts';
import type { JobPlan } from '../../model/plan.ts';
import type { PlanOverview } from '../../planning/plan-all.ts';
import type { ReconciledJob } from '../../planning/reconciled-jobs.ts';
import type { Print } from '../../report/json.ts';
import { HIDING, REVEALING, type Shown } from '../../secrets/masked.ts';
import type { Settings } from '../../session/settings.ts';
import type { Terminal } from '../terminal.ts';

/** What a format prints, and where. */
export interface Printing extends Result {
  readonly terminal: Terminal;
  readonly print: Print;
}

/** Prints a result. */
export type Format = (printing: Printing) => Promise<void>;

/** How the user wishes texts with secrets to be shown. */
export function shownBy({ showSecrets }: Settings): Shown {
  return showSecrets ? REVEALING : HIDING;
}

/** What the run asks of its reader. */
export function askedBy({ tally, decisions }: PlanOverview): Asked {
  return {
    groups: tally.summary(false).groups,
    decisions: decisions.decisions,
    staying: decisions.staying,
  };
}

export async function* plansOf(jobs: AsyncIterable<ReconciledJob>): AsyncGenerator<JobPlan> {
  for await (const { plan } of jobs) yield plan;
}

/** The lines of a text, without those that are empty. */
export function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
