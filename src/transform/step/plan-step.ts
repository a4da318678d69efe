import type { Step } from '../../job.ts';
import type { Advisory, Skipped, TaskPlan } from '../../plan.ts';
import { holdsSecret } from '../../secret.ts';
import {
  copyFromStdin,
  disabledStepLeftOut,
  emptySql,
  pgagentTables,
  storedPassword,
  successOnError,
} from '../advisories/index.ts';
import type { Context } from '../context.ts';
import { planBatch } from './batch.ts';
import { planConnection } from './connection.ts';
import { holdsNoStatement } from './empty-sql.ts';

/** A task before it has its place in the chain. */
export type TaskDraft = Omit<TaskPlan, 'taskOrder'>;

/** What becomes of a step. */
export type StepFate =
  | { readonly kind: 'task'; readonly task: TaskDraft; readonly advisories: readonly Advisory[] }
  | { readonly kind: 'disabled'; readonly skipped: Skipped; readonly advisories: readonly Advisory[] }
  | {
      readonly kind: 'not-carried';
      readonly stepId: number;
      readonly stepName: string;
      readonly advisories: readonly Advisory[];
    };

type Outcome =
  | { readonly kind: 'task'; readonly task: TaskDraft; readonly advisories: readonly Advisory[] }
  | { readonly kind: 'not-carried'; readonly advisories: readonly Advisory[] };

/** Decides one step. A disabled step never keeps its job from moving: pgAgent did not run it either. */
export function planStep(step: Step, context: Context): StepFate {
  if (!step.enabled && !context.target.hasTaskLive) {
    const about = { stepId: step.id };
    return {
      kind: 'disabled',
      skipped: disabled(step),
      advisories: [disabledStepLeftOut(about, 'the target has no column task.live')],
    };
  }
  const outcome = step.kind === 'sql' ? planSql(step, context) : planProgram(step, context);
  if (outcome.kind === 'task') {
    return { ...outcome, advisories: [...outcome.advisories, ...aboutAnyTask(step, outcome.task)] };
  }
  if (step.enabled) return { ...outcome, stepId: step.id, stepName: step.name };
  const why = outcome.advisories.map(({ code }) => code).join(', ');
  return {
    kind: 'disabled',
    skipped: disabled(step),
    advisories: [disabledStepLeftOut({ stepId: step.id }, `cannot be carried over (${why})`)],
  };
}

function disabled(step: Step): Skipped {
  return { reason: 'step-disabled', message: `the step "${step.name}" is disabled`, stepId: step.id };
}

function planSql(step: Step & { kind: 'sql' }, context: Context): Outcome {
  const fate = planConnection(step.connection, { stepId: step.id }, context);
  if (fate.kind === 'not-carried') return fate;
  const task = draft(step, {
    kind: 'SQL',
    command: step.code,
    parameters: [],
    databaseConnection: fate.connection,
    // pgAgent ran the text in one PQexec on a connection outside any transaction; a remote task is so by itself.
    autonomous: fate.connection === null,
  });
  const about = { stepId: step.id };
  const advisories = holdsNoStatement(step.code) ? [emptySql(about)] : [];
  if (COPIES_FROM_CLIENT.test(step.code)) advisories.push(copyFromStdin(about));
  return { kind: 'task', task, advisories: [...fate.advisories, ...advisories] };
}

// Only a hint: the words may stand in a comment or a string.
const COPIES_FROM_CLIENT = /\bcopy\b[^;]*\bfrom\s+stdin\b/i;

function planProgram(step: Step & { kind: 'batch' }, context: Context): Outcome {
  const fate = planBatch(step, context.options.shell);
  if (fate.kind === 'not-carried') return fate;
  const task = draft(step, {
    kind: 'PROGRAM',
    command: fate.program,
    parameters: [fate.programArguments],
    databaseConnection: null,
    autonomous: false,
  });
  return { kind: 'task', task, advisories: fate.advisories };
}

type Work = Pick<TaskDraft, 'kind' | 'command' | 'parameters' | 'databaseConnection' | 'autonomous'>;

function draft(step: Step, { autonomous, ...work }: Work): TaskDraft {
  return {
    taskName: step.name,
    ...work,
    ignoreError: step.onError !== 'fail',
    autonomous,
    live: step.enabled,
    stepId: step.id,
  };
}

function aboutAnyTask(step: Step, task: TaskDraft): readonly Advisory[] {
  const about = { stepId: step.id };
  const found: Advisory[] = [];
  if (holdsSecret(step.code)) found.push(storedPassword(about, task.kind === 'SQL' ? 'text' : 'script'));
  if (/\bpgagent\s*\./i.test(step.code)) found.push(pgagentTables(about));
  if (step.onError === 'success') found.push(successOnError(about));
  return found;
}
