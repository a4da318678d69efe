import type { ChainPlan, TaskPlan } from '../../model/plan.ts';
import { comment } from './comment.ts';
import { sqlCode, sqlText, sqlTextOrNull } from './literal.ts';

/**
 * Statements that make a chain with its tasks and parameters. psql takes the ids that the target gives; where a trigger
 * keeps a row from being written there is none, and the script ends.
 * @param hasTaskLive whether timetable.task has the column live
 */
export function chainStatements(chain: ChainPlan, hasTaskLive: boolean): string {
  return `${chainInsert(chain)}${chain.tasks.map((task) => taskStatements(task, hasTaskLive)).join('')}`;
}

function chainInsert({ chainName, runAt, maxInstances, live, clientName, timeout }: ChainPlan): string {
  const statement = insert('timetable.chain', [
    ['chain_name', sqlText(chainName)],
    ['run_at', sqlText(runAt)],
    ['max_instances', String(maxInstances)],
    ['live', String(live)],
    ['client_name', sqlTextOrNull(clientName)],
    ['timeout', String(timeout)],
  ]);
  return `${statement}\nRETURNING chain_id \\gset\n\n`;
}

function taskStatements(task: TaskPlan, hasTaskLive: boolean): string {
  const statement = insert('timetable.task', [
    ['chain_id', ':chain_id'],
    ['task_order', String(task.taskOrder)],
    ['task_name', sqlText(task.taskName)],
    ['kind', sqlText(task.kind)],
    ['command', sqlCode(task.command)],
    ['database_connection', sqlTextOrNull(task.databaseConnection)],
    ['ignore_error', String(task.ignoreError)],
    ['autonomous', String(task.autonomous)],
    // Without the column a task that is not live was never planned.
    ...(hasTaskLive ? [['live', String(task.live)] as const] : []),
  ]);
  const parameters = task.parameters.map((row, index) => parameterInsert(row, index + 1));
  return `${about(task)}${statement}\nRETURNING task_id \\gset\n${parameters.join('')}\n`;
}

function about({ taskName, stepId }: TaskPlan): string {
  return comment(
    stepId === null ? `Task "${taskName}", which this tool adds.` : `Task "${taskName}": step ${stepId}.`,
  );
}

function parameterInsert(row: readonly string[], order: number): string {
  return `${insert('timetable.parameter', [
    ['task_id', ':task_id'],
    ['order_id', String(order)],
    ['value', `to_jsonb(ARRAY[${row.map(sqlCode).join(', ')}]::text[])`],
  ])};\n`;
}

/** An INSERT of one row, with each value on a line of its own beside the name of its column; without the semicolon. */
export function insert(table: string, values: readonly (readonly [column: string, value: string])[]): string {
  const columns = values.map(([column]) => column).join(', ');
  const lines = values.map(([column, value]) => `  /* ${column} */ ${value}`);
  return `INSERT INTO ${table} (${columns})\nVALUES (\n${lines.join(',\n')}\n)`;
}
