import type { ChalkInstance } from 'chalk';
import type { TaskPlan } from '../model/plan.ts';
import { type Shown, shownTask } from '../secrets/masked.ts';
import { clip, wrapped } from './fold.ts';
import { printable } from './printable.ts';

/** What a task is and does, under its chain. */
export function taskLines(
  task: TaskPlan,
  { width, color, shown }: { readonly width: number; readonly color: ChalkInstance; readonly shown: Shown },
): string {
  const {
    taskName,
    taskOrder,
    kind,
    command,
    parameters,
    script,
    databaseConnection,
    ignoreError,
    autonomous,
    live,
  } = shownTask(task, shown);
  const traits = [
    kind === 'PROGRAM'
      ? `program ${command}${script === undefined ? '' : ', the text as a file'}`
      : autonomous
        ? 'SQL, autonomous'
        : databaseConnection === null
          ? 'SQL, local'
          : 'SQL, remote',
    ...(databaseConnection === null ? [] : [databaseConnection]),
    ...(ignoreError ? ['continues after an error'] : []),
    ...(live ? [] : ['not live']),
    ...(task.taskId === undefined ? [] : [`task ${task.taskId}`]),
  ];
  const text = kind === 'PROGRAM' ? (script ?? parameters[0]?.join(' ') ?? '') : command;
  return (
    wrapped(`${taskOrder} "${taskName}" (${traits.join('; ')})`, '    ', width) +
    color.dim(cut(printable(text), '       ', width))
  );
}

/** As much of the text as fits on one line. */
function cut(text: string, indent: string, width: number): string {
  const room = Math.max(20, width - indent.length - 1);
  const line = clip(text, room - 1);
  return `${indent}${line}${line === text ? '' : '…'}\n`;
}
