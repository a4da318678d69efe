import type { Job, SqlStep, Step } from '../model/job.ts';
import { joinedClock, joinedSteps, joinRefused } from './advisories/index.ts';
import { connectionKey } from './connection-key.ts';
import { copiesFromClient, copiesToClient } from './sql/copy.ts';
import { callsProcedure, endsTransactionInBlock, readsTransactionClock } from './sql/in-chain.ts';
import { refusesTransaction } from './sql/refuses-transaction.ts';
import { leavesTransactionOpen } from './sql/transaction.ts';
import type { Carried, StepFate } from './step/plan-step.ts';

/** A SQL step that runs, as it is to be joined. */
interface Part {
  readonly fate: Carried;
  readonly step: SqlStep;
}

/**
 * Puts SQL steps of one connection that follow one another into one task, so that they have one session and still commit one by
 * one (`--transaction JOB=joined`). Measured: a COMMIT between statements that are sent at once ends their transaction.
 */
export function joinSteps(job: Job, fates: readonly StepFate[]): readonly StepFate[] {
  const groups = groupsOf(job, fates);
  const joined = new Map<number, StepFate>();
  for (const parts of groups) {
    for (const fate of joinGroup(parts)) joined.set(idOf(fate), fate);
  }
  return fates.map((fate) => joined.get(idOf(fate)) ?? fate);
}

function idOf(fate: StepFate): number {
  if (fate.kind === 'task') return fate.task.stepId ?? -1;
  return fate.kind === 'not-carried' ? fate.stepId : -1;
}

// A disabled step runs nowhere, so it keeps nobody apart.
function groupsOf(job: Job, fates: readonly StepFate[]): readonly (readonly Part[])[] {
  const groups: Part[][] = [];
  let open: Part[] = [];
  for (const fate of fates) {
    if (fate.kind === 'disabled' || (fate.kind === 'task' && !fate.task.live)) continue;
    const step = job.steps.find(({ id }) => id === idOf(fate));
    if (fate.kind !== 'task' || step?.kind !== 'sql') {
      open = [];
      continue;
    }
    const [before] = open;
    if (before === undefined || !haveOneConnection(before, { fate, step })) {
      open = [];
      groups.push(open);
    }
    open.push({ fate, step });
  }
  return groups.filter(({ length }) => length > 1);
}

function haveOneConnection(one: Part, other: Part): boolean {
  return (
    one.fate.task.databaseConnection === other.fate.task.databaseConnection &&
    connectionKey(one.step) === connectionKey(other.step)
  );
}

function joinGroup(parts: readonly Part[]): readonly StepFate[] {
  const refused = parts.flatMap(({ fate, step }) => {
    const reasons = reasonsAgainst(fate, step);
    return reasons.length > 0 ? [{ step, reasons }] : [];
  });
  if (refused.length > 0)
    return refused.map(({ step, reasons }) => ({
      kind: 'not-carried',
      stepId: step.id,
      stepName: step.name,
      advisories: [joinRefused({ stepId: step.id }, reasons)],
    }));
  const [first, ...others] = parts;
  if (first === undefined) return [];
  const ids = others.map(({ step }) => step.id);
  return [
    {
      ...first.fate,
      task: {
        ...first.fate.task,
        taskName: parts.map(({ fate }) => fate.task.taskName).join(' + '),
        // pgAgent took settings back after each step. A text may end with a comment.
        command: parts.map(({ fate }) => fate.task.command).join('\n;\nCOMMIT;\nRESET ALL;\n'),
        joinedStepIds: ids,
      },
      advisories: [...first.fate.advisories, joinedSteps({ stepId: first.step.id }, others.length)],
    },
    ...others.map(
      ({ fate, step }): StepFate => ({
        ...fate,
        joinedInto: first.step.id,
        advisories: [
          ...fate.advisories,
          ...(readsTransactionClock(fate.statements ?? []) ? [joinedClock({ stepId: step.id })] : []),
        ],
      }),
    ),
  ];
}

/** Why the text of a step would not do in such a task what it does alone. */
function reasonsAgainst({ statements }: Carried, { code, onError }: Step): readonly string[] {
  if (statements === null || statements.length === 0)
    return [/\S/.test(code) ? 'a text that could not be read' : 'an empty text'];
  return [
    ...refusesTransaction(statements),
    ...(endsTransactionInBlock(statements) ? ['a DO block that ends the transaction'] : []),
    ...(callsProcedure(statements) ? ['a CALL, whose procedure may end the transaction'] : []),
    ...(leavesTransactionOpen(statements) ? ['a transaction that it does not end'] : []),
    ...(copiesFromClient(statements) || copiesToClient(statements) ? ['COPY from or to the client'] : []),
    ...(onError === 'fail' ? [] : ['an error that does not fail the job']),
  ];
}
