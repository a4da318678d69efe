import { readCronLine } from '../../model/cron-line.ts';
import { remembering } from '../../model/remembering.ts';
import type { TargetChain, TargetTask } from '../../model/target-chain.ts';
import { NEVER } from '../../transform/plan-chains.ts';
import { readGuard, type WrittenGuard } from '../../transform/read-guard.ts';
import type { Piece } from '../../transform/schedule/firing-set.ts';

const OWN_NAMES: readonly string[] = ['guard', 'release snapshot', 'one run at a time'];

/** Whether the tool made a task; a step of the job may bear the same name. */
export function isOwn({ taskName, command }: TargetTask): boolean {
  if (!OWN_NAMES.includes(taskName)) return false;
  return taskName === 'release snapshot'
    ? command.startsWith('SELECT 1')
    : command.includes('Made by pga2timetable');
}

/** The tasks of a chain that are steps of its job. */
export function stepsOf({ tasks }: TargetChain): readonly TargetTask[] {
  return tasks.filter((task) => !isOwn(task));
}

/** What a guard of the target's is, `changed` where the tool did not write it so. */
export const guardOf = remembering((chain: TargetChain): WrittenGuard | 'none' | 'changed' => {
  const [first] = chain.tasks;
  const guards = chain.tasks.filter((task) => isOwn(task) && task.taskName === 'guard');
  if (guards.length === 0) return 'none';
  if (first === undefined || first !== guards[0] || guards.length > 1) return 'changed';
  if (waits(chain) || !isUntouched(first)) return 'changed';
  return first.autonomous ? (readGuard(first.command) ?? 'changed') : 'changed';
});

/** Whether nothing but its text and its being autonomous decides what a task of the tool does. */
export function isUntouched(task: TargetTask): boolean {
  const { kind, live, ignoreError, databaseConnection, runAs, timeout } = task;
  return (
    kind === 'SQL' &&
    live &&
    !ignoreError &&
    (databaseConnection ?? '') === '' &&
    (runAs ?? '') === '' &&
    timeout === 0
  );
}

/** The minutes at which the clock starts a chain; null where they cannot be told. */
export function minutesOf(chain: TargetChain, guard: WrittenGuard | 'none' | 'changed'): Piece | null {
  // Recorded: NULL is every minute.
  const product = readCronLine(chain.runAt ?? '* * * * *');
  if (product === null || guard === 'changed') return null;
  return { product, conditions: guard === 'none' ? [] : guard.conditions };
}

/** Whether a chain waits to be started by something else than the clock. */
export function waits({ runAt }: TargetChain): boolean {
  return runAt === NEVER;
}
