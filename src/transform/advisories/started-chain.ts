import { rule } from './rule.ts';

/** A notification, by which a chain starts another one on the same client at once (measured: within 0.1 s). */
export const startedChain = rule(
  'started-chain',
  'info',
  (steps: string, runs: number) =>
    `has its steps in the chain "${steps}", whose own line never fires. What stands on its cron lines only looks at the clock and starts that chain: guards that fail instead would put ${runs} failed runs into the log in the next four years. To pause the schedule set the chains on its cron lines live = false.`,
);
