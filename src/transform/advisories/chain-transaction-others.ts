import { rule } from './rule.ts';

/** What runs on another connection sees nothing of a transaction that is not committed, and waits for its locks. */
export const chainTransactionOthers = rule(
  'chain-transaction-others',
  'warning',
  (names: readonly string[]) =>
    `has steps outside the chain's transaction (${names.join(', ')}): they do not see what the SQL steps before them wrote, and wait for ever for rows and tables that those hold. Under pgAgent all of that was committed by then. Move this job without --transaction chain.`,
);
