import { rule } from './rule.ts';

/** Measured: above read committed the chain's own transaction keeps the snapshot of its first statement. */
export const chainIsolation = rule(
  'chain-isolation',
  'warning',
  (isolation: string) =>
    `the target has default_transaction_isolation = ${isolation} for pg_timetable's role: each chain keeps a snapshot while its steps run. CREATE INDEX CONCURRENTLY and REINDEX CONCURRENTLY in a step wait for their own chain for ever, and VACUUM behind a DELETE removes nothing. Set it to read committed for that role, and the level in the steps that need it.`,
);
