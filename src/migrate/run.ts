import type { Unfinished } from '../cutover/unfinished.ts';
import type { Failure } from '../model/failure.ts';
import type { Cutover, Replacement } from '../model/plan.ts';
import type { Check } from '../model/preflight.ts';
import type { OnProgress } from '../model/progress.ts';
import type { PlanOverview } from '../planning/plan-all.ts';
import type { PlannedJobs } from '../planning/planned-jobs.ts';
import type { ReconciledJob } from '../planning/reconciled-jobs.ts';
import type { Interrupt } from '../session/interrupt.ts';
import type { PlanningSession } from '../session/session.ts';
import type { Settings } from '../session/settings.ts';
import type { Written } from './write-jobs.ts';

/** What the parts of one migration share. */
export interface Run {
  readonly session: PlanningSession;
  readonly planned: PlannedJobs;
  readonly found: PlanOverview;
  readonly checks: readonly Check[];
  readonly unfinished: Unfinished;
  readonly settings: Settings;
  readonly interrupt: Interrupt;
  readonly onProgress: OnProgress;
}

/** What a run did. */
export interface Outcome {
  readonly written: Written;
  /** null where no job was handed over. */
  readonly cutover: Cutover | null;
  /** null where no live chains were exchanged for others. */
  readonly replacement: Replacement | null;
}

/** A migration and what it shows. */
export interface Result extends Run {
  /** The selected jobs in their order, each with what is to become of it, or became: to be read once. */
  readonly jobs: AsyncIterable<ReconciledJob>;
  /** null where nothing was written. */
  readonly outcome: Outcome | null;
  /** Why a run would write nothing; empty where it would. */
  readonly reasons: readonly Failure[];
}

/** Whether a run would write or switch anything. */
export function writesAnything({ newChains, handedOver, tally }: PlanOverview): boolean {
  return newChains + handedOver + tally.summary(false).jobsSwitched > 0;
}
