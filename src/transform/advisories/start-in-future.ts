import { rule } from './rule.ts';

/** pgAgent: jscstart; a chain has no start. */
export const windowStarts = rule(
  'start-in-future',
  'error',
  (start: string) => `starts only at ${start}; a chain would fire before. Run this again after that.`,
);
