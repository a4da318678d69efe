import { readCronLine } from '../model/cron-line.ts';
import type { ChainPlan } from '../model/plan.ts';
import { readGuard } from './read-guard.ts';
import type { Piece } from './schedule/firing-set.ts';

/** What decides when a planned chain runs: its cron line and its guard. */
export interface ChainLine {
  /** The same for chains that run at the same minutes by the same words. */
  readonly key: string;
  /** null for a line that is no calendar's. */
  readonly read: () => Piece | null;
}

/** Reads when a planned chain runs out of what is written of it. */
export function chainLine({ runAt, tasks }: Pick<ChainPlan, 'runAt' | 'tasks'>): ChainLine {
  const guard = tasks[0]?.taskName === 'guard' ? tasks[0].command : '';
  // The text of a guard may hold the name of a chain that it starts, which says nothing of the minutes.
  const conditions = readGuard(guard)?.conditions ?? [];
  return {
    key: `${runAt}\n${JSON.stringify(conditions)}`,
    read: () => {
      const product = readCronLine(runAt);
      return product === null ? null : { product, conditions };
    },
  };
}
