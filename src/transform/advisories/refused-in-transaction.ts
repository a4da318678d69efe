import { rule } from './rule.ts';

/** PostgreSQL (PreventInTransactionBlock; plpgsql, invalid transaction termination), recorded: probe vacuum-local. */
export const refusedInTransaction = rule(
  'refused-in-transaction',
  'error',
  (what: readonly string[]) =>
    `holds what PostgreSQL refuses inside a transaction (${what.join(', ')}), so with --transaction chain it would fail each time. Move this job without that option.`,
);
