import { rule } from './rule.ts';
import { shown } from './shown.ts';

/** libpq and pgx: what a connection string leaves out comes from the environment of the program. */
export const connectionCompleted = rule(
  'connection-completed',
  'info',
  (keywords: readonly string[]) =>
    `has a connection string that left ${shown(keywords)} to the defaults of pgAgent's machine; --step-conninfo fills that in.`,
);
