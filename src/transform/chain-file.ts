import type { Job } from '../model/job.ts';
import type { ChainPlan, JobPlan, TaskPlan } from '../model/plan.ts';
import { chainFileEmptyCommand, chainFileNoTask, chainFileUnnamedStep } from './advisories/index.ts';
import { withNames } from './plan-job.ts';
import { leftOut } from './why-stays.ts';

/** A plan as a chain file of pg_timetable can say it, with advisories about what it cannot. */
export function forChainFile(job: Job, plan: JobPlan): JobPlan {
  const { chains } = plan;
  if (chains.length === 0) return plan;
  if (chains.some(({ tasks }) => tasks.length === 0)) return withoutTasks(job, plan);
  const notes = (isMeant: (task: TaskPlan) => boolean): readonly number[] => [
    ...new Set(chains.flatMap(({ tasks }) => tasks.filter(isMeant)).flatMap(({ stepId }) => stepId ?? [])),
  ];
  const found = [
    ...notes(({ command }) => command === '').map((stepId) => chainFileEmptyCommand({ stepId })),
    ...notes(({ taskName }) => taskName === '').map((stepId) => chainFileUnnamedStep({ stepId })),
  ];
  return {
    ...plan,
    chains: chains.map(withCommands),
    advisories: [...plan.advisories, ...found.map((advisory) => withNames(job, advisory))],
  };
}

function withoutTasks(job: Job, { expiredExceptions }: JobPlan): JobPlan {
  return { ...leftOut(job, [chainFileNoTask({})]), expiredExceptions };
}

function withCommands(chain: ChainPlan): ChainPlan {
  return {
    ...chain,
    tasks: chain.tasks.map((task) => (task.command === '' ? { ...task, command: ' ' } : task)),
  };
}
