import type { DifferentialStep, StepEnd } from './differential-job.ts';
import type { StepRun } from './effects.ts';

/** A task of the chain; the tool's own tasks stand for no step. */
export interface TaskOfStep {
  readonly taskId: number;
  readonly step: DifferentialStep | undefined;
}

/** A row of timetable.execution_log. */
export interface LogRow {
  readonly id: number;
  readonly task: string;
  readonly returncode: number;
  readonly output: string;
}

/** An ERROR of timetable.log, by meaning; that of a chain has no task. */
export interface ErrorRow {
  readonly id: number | null;
  readonly task: string;
  readonly error: string;
}

/**
 * The steps that ran, in the order of the log. One that fails before it has a row there is known by its error; one
 * that has neither and was passed by is `unlogged`. Both stand where the chain has them.
 */
export function stepRuns(
  tasks: readonly TaskOfStep[],
  chainEnd: string,
  log: readonly LogRow[],
  errors: readonly ErrorRow[],
): StepRun[] {
  const left = (taskId: number): boolean => [...log, ...errors].some(({ id }) => id === taskId);
  const last =
    chainEnd === 'succeeded' ? tasks.length - 1 : tasks.findLastIndex(({ taskId }) => left(taskId));
  const order = log.map(({ id }) => id);
  for (const [place, { taskId }] of tasks.slice(0, last + 1).entries()) {
    if (!order.includes(taskId)) order.splice(place, 0, taskId);
  }
  return order.flatMap((id) => {
    const step = tasks.find(({ taskId }) => taskId === id)?.step;
    const row = log.find((each) => each.id === id);
    const error = errors.find((each) => each.id === id);
    return step === undefined ? [] : [runOf(step, row, error)];
  });
}

function runOf(step: DifferentialStep, row: LogRow | undefined, error: ErrorRow | undefined): StepRun {
  const printed = step.prints === undefined ? {} : { printed: (row?.output ?? '').trim() };
  return { step: step.name, end: endOf(step, row, error), ...printed };
}

const ENDS: Readonly<Record<string, StepEnd>> = {
  killed: 'exit 137',
  terminated: 'exit 143',
  'no such program': 'exit 127',
};

// The return code is -1 for every failure; the status of a program stands in the error.
function endOf({ kind }: DifferentialStep, row: LogRow | undefined, error: ErrorRow | undefined): StepEnd {
  if (row === undefined && error === undefined) return 'unlogged';
  if (row?.returncode === 0) return 'ok';
  if (kind !== 'b') return 'failed';
  const status = /^exit status (\d+)$/.exec(error?.error ?? '')?.[1];
  return status === undefined ? (ENDS[error?.error ?? ''] ?? 'failed') : `exit ${Number(status)}`;
}
