import type { Step } from '../../model/job.ts';
import type { Advisory, Skipped, TaskPlan } from '../../model/plan.ts';
import { varied, written } from '../../model/varied.ts';
import { holdsSecret } from '../../secrets/mask.ts';
import {
  batchEncoding,
  disabledStepLeftOut,
  passwordNotStripped,
  passwordStripped,
  shellLanguage,
  shellMismatch,
  shellMismatchAccepted,
  storedPassword,
  successOnError,
} from '../advisories/index.ts';
import type { Context } from '../context.ts';
import type { Statement } from '../sql/statement.ts';
import { planBatch } from './batch.ts';
import { planConnection } from './connection.ts';
import { aboutWords } from './script-words.ts';
import { shellName } from './shell.ts';
import { readStep } from './sql-step.ts';
import { stripStepText } from './strip-text.ts';
import { foreignText } from './text-family.ts';

/** A task before it has its place in the chain. */
export type TaskDraft = Omit<TaskPlan, 'taskOrder'>;

/** A step that became a task. */
export interface Carried {
  readonly kind: 'task';
  readonly task: TaskDraft;
  /** What its SQL holds; null for a batch step. */
  readonly statements: readonly Statement[] | null;
  /** The step whose task holds its text. */
  readonly joinedInto?: number;
  readonly advisories: readonly Advisory[];
}

/** What becomes of a step. */
export type StepFate =
  | Carried
  | { readonly kind: 'disabled'; readonly skipped: Skipped; readonly advisories: readonly Advisory[] }
  | {
      readonly kind: 'not-carried';
      readonly stepId: number;
      readonly stepName: string;
      readonly advisories: readonly Advisory[];
    };

type Outcome = Carried | { readonly kind: 'not-carried'; readonly advisories: readonly Advisory[] };

/**
 * Decides one step. A disabled step never keeps its job from moving: pgAgent did not run it either.
 * @param hostAgent of its job
 */
export function planStep(step: Step, context: Context, hostAgent = ''): StepFate {
  if (!step.enabled && !context.target.hasTaskLive) {
    const about = { stepId: step.id };
    return {
      kind: 'disabled',
      skipped: disabled(step),
      advisories: [disabledStepLeftOut(about, 'the target has no column task.live')],
    };
  }
  const outcome = planText(step, context, hostAgent);
  if (outcome.kind === 'task') return outcome;
  if (step.enabled) return { ...outcome, stepId: step.id, stepName: step.name };
  const why = outcome.advisories.map(({ code }) => code).join(', ');
  return {
    kind: 'disabled',
    skipped: disabled(step),
    advisories: [disabledStepLeftOut({ stepId: step.id }, `cannot be carried over (${why})`)],
  };
}

// With --strip-passwords the text loses them before anything else looks at it.
function planText(step: Step, context: Context, hostAgent: string): Outcome {
  const about = { stepId: step.id };
  const { text, isStripped, isClean } = context.options.stripPasswords
    ? stripStepText(step)
    : { text: step.code, isStripped: false, isClean: true };
  if (!isClean) return { kind: 'not-carried', advisories: [passwordNotStripped(about, 'text')] };
  const shown = { ...step, code: text };
  const outcome = shown.kind === 'sql' ? planSql(shown, context) : planProgram(shown, context, hostAgent);
  if (outcome.kind === 'not-carried') return outcome;
  const stripped = isStripped
    ? [
        passwordStripped(
          about,
          "its text has none, so programs look into ~/.pgpass on pg_timetable's machine",
        ),
      ]
    : [];
  return {
    ...outcome,
    advisories: [...outcome.advisories, ...stripped, ...aboutAnyTask(shown, outcome.task)],
  };
}

function disabled(step: Step): Skipped {
  return {
    reason: 'step-disabled',
    ...written(varied`the step "${{ name: step.name }}" is disabled`),
    stepId: step.id,
  };
}

function planSql(step: Step & { kind: 'sql' }, context: Context): Outcome {
  const fate = planConnection(step.connection, { stepId: step.id }, context);
  if (fate.kind === 'not-carried') return fate;
  const isLocal = fate.connection === null;
  const isInChain = isLocal && context.options.transaction === 'chain';
  const { statements, blocking, notes } = readStep(step, isInChain);
  if (blocking.length > 0) return { kind: 'not-carried', advisories: blocking };
  const task = draft(step, {
    kind: 'SQL',
    command: step.code,
    parameters: [],
    databaseConnection: fate.connection,
    // pgAgent ran the text in one PQexec on a connection outside any transaction; a remote task is so by itself.
    autonomous: isLocal && !isInChain,
  });
  return { kind: 'task', task, statements, advisories: [...fate.advisories, ...notes] };
}

function planProgram(step: Step & { kind: 'batch' }, context: Context, hostAgent: string): Outcome {
  const misread = misreadEncoding(step, context);
  if (misread !== null) return { kind: 'not-carried', advisories: [misread] };
  const { shell, hostShells } = context.options;
  const chosen = hostShells.get(hostAgent)?.shell ?? shell;
  const fate = planBatch(step, chosen);
  if (fate.kind === 'not-carried') return fate;
  // A first line with #! chooses the interpreter itself.
  const foreign = step.code.startsWith('#!')
    ? null
    : foreignText(step.code, chosen.language, context.source.isOnWindows);
  const isMeant = hostShells.has(hostAgent);
  const about = { stepId: step.id };
  if (foreign !== null && !isMeant)
    return {
      kind: 'not-carried',
      advisories: [shellMismatch(about, foreign, shellName(chosen), hostAgent)],
    };
  const task = draft(step, {
    kind: 'PROGRAM',
    command: fate.program,
    parameters: [fate.programArguments],
    ...(fate.script === null ? {} : { script: fate.script }),
    databaseConnection: null,
    autonomous: false,
  });
  const advisories =
    foreign === null
      ? fate.advisories
      : [
          ...fate.advisories.filter(({ code }) => code !== shellLanguage.code),
          shellMismatchAccepted(about, foreign, shellName(chosen)),
        ];
  return { kind: 'task', task, statements: null, advisories };
}

// A database in SQL_ASCII hands bytes on as they came.
const AS_UTF8: readonly string[] = ['UTF8', 'UTF-8', 'UNICODE', 'SQL_ASCII'];

function misreadEncoding(step: Step, { source, target }: Context): Advisory | null {
  if (!/\P{ASCII}/u.test(step.code)) return null;
  const is = (encoding: string): boolean => AS_UTF8.includes(encoding.toUpperCase());
  if (!is(target.encoding)) return batchEncoding({ stepId: step.id }, 'target', target.encoding);
  return is(source.encoding) ? null : batchEncoding({ stepId: step.id }, 'source', source.encoding);
}

type Work = Pick<
  TaskDraft,
  'kind' | 'command' | 'parameters' | 'script' | 'databaseConnection' | 'autonomous'
>;

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
  if (task.kind === 'PROGRAM') found.push(...aboutWords(step));
  if (step.onError === 'success') found.push(successOnError(about));
  return found;
}
