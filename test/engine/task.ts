import type { ChainRun } from './chain.ts';
import { targetOf } from './connection.ts';
import { runProgram } from './program.ts';
import { type Session, SqlFailure } from './session.ts';

/** A row of timetable.task. */
export interface Task {
  readonly task_id: string;
  readonly task_name: string | null;
  readonly kind: 'SQL' | 'PROGRAM' | 'BUILTIN';
  readonly command: string;
  readonly run_as: string | null;
  readonly database_connection: string | null;
  readonly ignore_error: boolean;
  readonly autonomous: boolean;
}

/** One execution of a task, a row of timetable.execution_log: a task has one for each row of its parameters. */
export interface Execution {
  readonly started: Date;
  readonly returncode: 0 | -1;
  readonly output: string | Buffer;
  /** The row of timetable.parameter as text, null if there is none. */
  readonly params: string | null;
}

/** Rows of timetable.parameter as text, or one null where a task has none. */
type Parameters = readonly (string | null)[];

/** Whether the task's text runs in the chain's transaction. */
function isLocal({ kind, autonomous, database_connection }: Task): boolean {
  return kind === 'SQL' && !autonomous && !database_connection;
}

function jsonType(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function listOf(parameter: string): unknown[] {
  const value: unknown = JSON.parse(parameter);
  if (!Array.isArray(value)) throw new Error(`a parameter is of type ${jsonType(value)}, not an array`);
  return value;
}

function stringsOf(parameter: string): string[] {
  return listOf(parameter).map((value) => {
    if (typeof value !== 'string') throw new Error(`a parameter holds a value of type ${jsonType(value)}`);
    return value;
  });
}

// The real program insists that a number is not sent for a text; here the server reads every value as text.
function textOf(value: unknown): string | null {
  if (value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Runs the program once for each row of parameters; all are run even if one fails. */
async function runProgramTask(run: ChainRun, task: Task, parameters: Parameters): Promise<void> {
  const failures: string[] = [];
  for (const params of parameters) {
    const programArguments = params === null ? [] : stringsOf(params);
    const started = new Date();
    const end = await runProgram(task.command.trim(), programArguments, run.env, (child) => run.track(child));
    const returncode = end.failure === null ? 0 : -1;
    await run.recordExecution(task, { started, returncode, output: end.output, params });
    if (end.failure !== null) failures.push(end.failure);
  }
  if (failures.length > 0) throw new Error(failures.join('\n'));
}

/** Runs the text once for each row of parameters, whose values are $1, $2...; all are run even if one fails. */
async function executeSql(
  run: ChainRun,
  session: Session,
  task: Task,
  parameters: Parameters,
): Promise<void> {
  await run.tellSession(session, task);
  const failures: string[] = [];
  for (const params of parameters) {
    const values = params === null ? [] : listOf(params).map(textOf);
    const started = new Date();
    try {
      const output = await session.run(task.command, values);
      await run.recordExecution(task, { started, returncode: 0, output, params });
    } catch (error) {
      const output = error instanceof SqlFailure ? error.tag : '';
      await run.recordExecution(task, { started, returncode: -1, output, params });
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (failures.length > 0) throw new Error(failures.join('\n'));
}

/** Opens the session of an autonomous or remote task for as long as it runs. */
async function runInOwnSession(run: ChainRun, task: Task, parameters: Parameters): Promise<void> {
  const target = task.database_connection ? targetOf(task.database_connection, run.env) : run.ownTarget;
  const session = await run.open(target);
  try {
    if (task.run_as) await session.run(`SET ROLE ${task.run_as}`);
    await executeSql(run, session, task, parameters);
  } finally {
    await run.close(session);
  }
}

// A text that ended the transaction took the savepoint with it: that is logged, and the chain goes on.
async function backToSavepoint(run: ChainRun): Promise<void> {
  try {
    await run.transaction.run('ROLLBACK TO SAVEPOINT before_task');
  } catch (error) {
    await run.logError(error);
  }
}

/** Runs the task in the chain's transaction; a failure to be ignored is taken back, but not that of SET ROLE. */
async function runInChain(run: ChainRun, task: Task, parameters: Parameters): Promise<void> {
  const { transaction } = run;
  if (task.run_as) await transaction.run(`SET ROLE ${task.run_as}`);
  if (task.ignore_error) await transaction.run('SAVEPOINT before_task');
  try {
    await executeSql(run, transaction, task, parameters);
  } catch (error) {
    if (task.ignore_error) await backToSavepoint(run);
    throw error;
  } finally {
    if (task.run_as) await transaction.run('RESET ROLE').catch(() => {});
  }
}

/**
 * Runs a task and writes a row of the execution log for each execution. Throws if the task fails.
 * @param parameters its rows of timetable.parameter as text, in their order
 */
export async function runTask(run: ChainRun, task: Task, parameters: readonly string[]): Promise<void> {
  const executions = parameters.length > 0 ? parameters : [null];
  if (task.kind === 'BUILTIN') throw new Error('the stand-in has no built-in tasks');
  if (task.kind === 'PROGRAM') return runProgramTask(run, task, executions);
  if (task.command.trim() === '') throw new Error('the SQL text is empty');
  return isLocal(task) ? runInChain(run, task, executions) : runInOwnSession(run, task, executions);
}
