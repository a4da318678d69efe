import type { Job } from '../../src/model/job.ts';
import type { TargetChain } from '../../src/model/target-chain.ts';
import type { Context } from '../../src/transform/context.ts';
import { planJob } from '../../src/transform/plan-job.ts';

/** The chains of a job as a migration leaves them in the target. */
export function migrated(source: Job, given: Context): readonly TargetChain[] {
  return planJob(source, given).chains.map((chain, index) => ({
    ...chain,
    chainId: index + 1,
    selfDestruct: false,
    exclusiveExecution: false,
    onError: null,
    tasks: chain.tasks.map((task) => ({ ...task, runAs: null, timeout: 0 })),
  }));
}
