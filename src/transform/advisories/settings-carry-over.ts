import { rule } from './rule.ts';

/** Measured: pgAgent sends RESET ALL behind each step; tasks in the chain's transaction share it. */
export const settingsCarryOver = rule(
  'settings-carry-over',
  'warning',
  (names: readonly string[]) =>
    `sets ${names.join(', ')}: with --transaction chain that holds for the SQL steps behind it as well; under pgAgent it was gone when the step ended. Add a RESET at the end of the step.`,
);
