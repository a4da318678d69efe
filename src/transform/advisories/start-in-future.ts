import { rule } from './rule.ts';

/** pgAgent: jscstart; a chain has no start. */
export const windowStarts = rule(
  'start-in-future',
  'info',
  (start: string) =>
    `begins only at ${start}: a guard in front of its chains keeps them from running before.`,
);
