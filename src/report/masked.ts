import type { ChainPlan, JobPlan, PlanHeader, TaskPlan } from '../plan.ts';
import { maskConninfo, maskSecrets } from '../secret.ts';

/** The plan of a job as it may be shown: every password replaced. */
export function maskJobPlan(plan: JobPlan): JobPlan {
  return { ...plan, chains: plan.chains.map(maskChain) };
}

function maskChain(chain: ChainPlan): ChainPlan {
  return { ...chain, tasks: chain.tasks.map(maskTask) };
}

export function maskTask(task: TaskPlan): TaskPlan {
  return {
    ...task,
    command: maskSecrets(task.command),
    parameters: task.parameters.map((row) => row.map(maskSecrets)),
    databaseConnection: task.databaseConnection === null ? null : maskConninfo(task.databaseConnection),
  };
}

export function maskHeader(header: PlanHeader): PlanHeader {
  const { stepConninfo } = header.options;
  return {
    ...header,
    options: { ...header.options, stepConninfo: stepConninfo === null ? null : maskConninfo(stepConninfo) },
  };
}
