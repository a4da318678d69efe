import { rule } from './rule.ts';

/** pgAgent: jscend; a chain has no end. */
export const windowEnds = rule(
  'end-in-future',
  'info',
  (end: string) =>
    `ends at ${end}: when one of its chains comes due for the first time after that, a guard in front keeps it from running and sets it live = false.`,
);
