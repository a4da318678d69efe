import { rule } from './rule.ts';

/** pgAgent: jscend; a chain has no end. */
export const windowEnds = rule(
  'end-in-future',
  'error',
  (end: string) =>
    `ends at ${end}; a chain would go on for ever. If the end no longer matters, clear it in pgAgent (jscend = NULL) and run this again.`,
);
