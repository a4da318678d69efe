import type { ChainPlan, JobPlan, PlanHeader, TaskPlan } from '../model/plan.ts';
import { Remembered } from '../model/remembered.ts';
import { maskDoubled, maskEncoded } from './encoded.ts';
import { maskConninfo, maskSecrets } from './mask.ts';

/** How texts that may hold a secret are shown. */
export interface Shown {
  /** SQL, or a script. */
  text(text: string): string;
  conninfo(text: string): string;
  /** The arguments of a program. */
  row(row: readonly string[]): readonly string[];
}

/** Every secret replaced, within a string or in base64 too. */
export const HIDING: Shown = { text: hidden, conninfo: maskConninfo, row: hiddenRow };

/** As it is written to the target (`--show-secrets`). */
export const REVEALING: Shown = { text: same, conninfo: same, row: same };

// Many jobs have the same steps.
const KNOWN = new Remembered<string>(200_000);

function hidden(text: string): string {
  return KNOWN.of(text, hide);
}

function hide(text: string): string {
  return maskEncoded(maskDoubled(maskSecrets(text), hide), hide);
}

function same<T>(value: T): T {
  return value;
}

/** A script too long for one argument is cut anywhere, within a secret too: such pieces are looked at as one. */
const PIECE = 30_000;

function hiddenRow(row: readonly string[]): readonly string[] {
  const first = row.findIndex((argument) => argument.length >= PIECE);
  if (first === -1 || first === row.length - 1) return row.map(hidden);
  const pieces = row.slice(first);
  const whole = hidden(pieces.join(''));
  let at = 0;
  const again = pieces.map((piece, index) => {
    const begin = at;
    at += piece.length;
    return index === pieces.length - 1 ? whole.slice(begin) : whole.slice(begin, at);
  });
  return [...row.slice(0, first).map(hidden), ...again];
}

/** The plan of a job as it is to be shown. */
export function shownJobPlan(plan: JobPlan, shown: Shown): JobPlan {
  const { chains, withStepConninfo } = plan;
  // Each chain of a job has its steps.
  const known = new Map<TaskPlan, TaskPlan>();
  const shownOnce = (task: TaskPlan): TaskPlan => {
    const found = known.get(task) ?? shownTask(task, shown);
    known.set(task, found);
    return found;
  };
  const shownChains = (some: readonly ChainPlan[]): readonly ChainPlan[] =>
    some.map((chain) => ({ ...chain, tasks: chain.tasks.map(shownOnce) }));
  return {
    ...plan,
    chains: shownChains(chains),
    ...(withStepConninfo === undefined
      ? {}
      : { withStepConninfo: { ...withStepConninfo, chains: shownChains(withStepConninfo.chains) } }),
  };
}

export function shownTask(task: TaskPlan, shown: Shown): TaskPlan {
  const { command, parameters, script, databaseConnection } = task;
  return {
    ...task,
    command: shown.text(command),
    parameters: parameters.map((row) => shown.row(row)),
    ...(script === undefined ? {} : { script: shown.text(script) }),
    databaseConnection: databaseConnection === null ? null : shown.conninfo(databaseConnection),
  };
}

export function shownHeader(header: PlanHeader, shown: Shown): PlanHeader {
  const { stepConninfo } = header.options;
  return {
    ...header,
    options: {
      ...header.options,
      shell: shown.text(header.options.shell),
      stepConninfo: stepConninfo === null ? null : shown.conninfo(stepConninfo),
    },
  };
}
