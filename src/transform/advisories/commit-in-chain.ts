import { rule } from './rule.ts';

/** Measured on 7.0.0: a COMMIT in a local task ends the chain's own transaction, a CALL that commits fails. */
export const commitInChain = rule('commit-in-chain', 'warning', (what: 'ends' | 'calls') =>
  what === 'ends'
    ? "ends the transaction itself, and with --transaction chain that is the chain's: the steps before it are committed or rolled back with it, and each step behind it commits by itself. Move this job without --transaction chain."
    : 'calls a procedure: if that commits, it fails with --transaction chain each time ("invalid transaction termination"). Move this job without --transaction chain.',
);
