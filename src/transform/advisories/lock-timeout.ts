import { rule } from './rule.ts';

/** Measured: such a timeout ends the chain's own transaction while its steps go on. */
export const lockTimeout = rule(
  'lock-timeout',
  'warning',
  (settings: readonly string[]) =>
    `has chains that a lock keeps apart, and on the target ${settings.join(' and ')} will end the transaction that holds it if the steps take longer. Set ${settings.length === 1 ? 'it' : 'them'} to 0 for pg_timetable's role.`,
);
