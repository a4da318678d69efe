import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Failure } from '../model/failure.ts';
import type { PlanHeader } from '../model/plan.ts';
import type { ReconciledJob } from '../planning/reconciled-jobs.ts';
import { keyOfAdvisory, lastingWarnings } from '../saved-plan/compare-job.ts';
import type { Session } from '../session/session.ts';

const MOST_NAMED = 10;

/** A plan as its reader said yes to it: what is planned again for writing has to be the same. */
export class ShownPlan {
  private readonly jobs = new Map<number, { readonly name: string; readonly key: string }>();
  /** The instant that it was made for, milliseconds since 1970 UTC. */
  readonly now: number;
  private readonly header: PlanHeader;

  constructor({ header, context }: Session) {
    this.header = header;
    this.now = context.now;
  }

  add(reconciled: ReconciledJob): void {
    const { jobId, jobName } = reconciled.plan;
    this.jobs.set(jobId, { name: jobName, key: keyOf(reconciled) });
  }

  /** @returns why the plan of this moment is not the one that was shown; nothing where it is */
  otherThan(now: ShownPlan): readonly Failure[] {
    const ids = new Set([...this.jobs.keys(), ...now.jobs.keys()]);
    const others = [...ids].filter((id) => this.jobs.get(id)?.key !== now.jobs.get(id)?.key);
    const named = others
      .slice(0, MOST_NAMED)
      .map((id) => `job ${id} "${(now.jobs.get(id) ?? this.jobs.get(id))?.name}"`);
    const more = others.length > MOST_NAMED ? [`and ${others.length - MOST_NAMED} more`] : [];
    const what = [
      ...(isDeepStrictEqual(this.header, now.header) ? [] : ['a server, its settings or its time zone']),
      ...named,
      ...more,
    ];
    if (what.length === 0) return [];
    return [
      new Failure(
        'conflict',
        `This changed after the plan was shown: ${what.join(', ')}.`,
        'Run this again and read the new plan.',
      ),
    ];
  }
}

// All that is written of a job, and its warnings.
function keyOf({ plan, digest, action, isHandedOver }: ReconciledJob): string {
  const live = plan.chains.map((chain) => chain.live);
  const warnings = lastingWarnings(plan.advisories).map(keyOfAdvisory);
  return createHash('sha256')
    .update(JSON.stringify([digest, live, plan.moved, action.kind, isHandedOver, warnings]))
    .digest('base64');
}
