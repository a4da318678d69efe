import { Failure } from '../model/failure.ts';
import type { Job } from '../model/job.ts';
import type { JobPlan } from '../model/plan.ts';
import { Comparison } from '../saved-plan/comparison.ts';
import { type PlanKey, readPlanKey } from '../saved-plan/key.ts';
import { Seal } from '../saved-plan/seal.ts';
import type { Veil } from '../secrets/veil.ts';
import { openDump } from '../session/dump/open-dump.ts';
import type { Interrupt } from '../session/interrupt.ts';
import { openSession } from '../session/open-session.ts';
import type { PlanningSession, Session } from '../session/session.ts';
import type { DumpSettings, LiveSettings, Settings } from '../session/settings.ts';
import type { Context } from '../transform/context.ts';
import { planJob } from '../transform/plan-job.ts';

/** How a JSON plan is written to a file; null where this run makes none. */
export function sealFor({ output, dryRun, keyPlace }: Settings): Veil | null {
  if (output === null || !dryRun) return null;
  let key: PlanKey | null = null;
  return new Seal(() => {
    key ??= readPlanKey(keyPlace, true);
    return key;
  });
}

/**
 * Opens a session, with a saved plan one that fits it.
 * @param now the instant that the jobs are planned for, milliseconds since 1970 UTC; null for that of a saved plan, or this one
 * @throws Failure of code `conflict` where an option of the plan names what is gone
 */
export async function openFitting(
  settings: LiveSettings | DumpSettings,
  interrupt: Interrupt,
  now: number | null,
): Promise<PlanningSession> {
  const use = settings.dryRun ? 'planned' : 'to-write';
  try {
    return settings.from === 'live'
      ? await openSession(settings, interrupt, now, use)
      : await openDump(settings, interrupt, now, use);
  } catch (error) {
    if (settings.savedPlan === null || !(error instanceof Failure) || error.code !== 'usage') throw error;
    throw new Failure(
      'conflict',
      `The plan ${settings.savedPlan.file} no longer fits the databases.`,
      'Make a new plan, read it, and apply that.',
      { cause: error, details: [error.message] },
    );
  }
}

/** The comparison of what is planned with a saved plan, as a run needs it. */
export interface RunningComparison {
  readonly see: (job: Job, plan: JobPlan, context: Context) => void;
  /** For the time after the last job. */
  readonly reasons: () => readonly Failure[];
  readonly notes: () => readonly string[];
}

/** null where there is no saved plan. */
export function comparisonWith(session: Session, { savedPlan }: Settings): RunningComparison | null {
  if (savedPlan === null) return null;
  const { header, sourceNow: now } = session;
  const comparison = new Comparison(savedPlan, header, now);
  return {
    see: (job, plan, context) => comparison.add(plan, planJob(job, { ...context, now })),
    reasons: () => {
      const failure = comparison.failure();
      return failure === null ? [] : [failure];
    },
    notes: () => comparison.notes(),
  };
}
