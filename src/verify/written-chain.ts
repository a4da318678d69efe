import type { TargetChain, TargetTask } from '../target-chain.ts';
import { NEVER } from '../transform/plan-chains.ts';
import { readGuard, type WrittenGuard } from '../transform/read-guard.ts';
import type { Piece } from '../transform/schedule/firing-set.ts';
import { readCronLine } from '../transform/schedule/read-cron-line.ts';

/** What a guard of the target's is, `changed` where the tool did not write it so. */
export function guardOf({ tasks }: TargetChain): WrittenGuard | 'none' | 'changed' {
  const [first] = tasks;
  const guards = tasks.filter(isGuard);
  if (guards.length === 0) return 'none';
  if (first === undefined || !isGuard(first) || guards.length > 1) return 'changed';
  if (!first.live || first.ignoreError || !first.autonomous) return 'changed';
  return readGuard(first.command) ?? 'changed';
}

function isGuard({ taskName, command }: TargetTask): boolean {
  return taskName === 'guard' && command.includes('Made by pga2timetable');
}

/** The minutes at which the clock starts a chain; null where run_at is no cron line. */
export function minutesOf(chain: TargetChain, guard: WrittenGuard | 'none' | 'changed'): Piece | null {
  // Recorded: NULL is every minute.
  const product = readCronLine(chain.runAt ?? '* * * * *');
  if (product === null) return null;
  return { product, conditions: typeof guard === 'string' ? [] : guard.conditions };
}

/** Whether a chain waits to be started by something else than the clock. */
export function waits({ runAt }: TargetChain): boolean {
  return runAt === NEVER;
}
