import { rule } from './rule.ts';

/** Measured: such a timeout ends the chain's own transaction; its autonomous tasks go on. */
export const transactionTimeout = rule(
  'transaction-timeout',
  'warning',
  (settings: readonly string[], isChain: boolean) =>
    `the target has ${settings.join(' and ')} for pg_timetable's role. A chain keeps a transaction open while its steps run, and what lasts longer than that loses it: ${isChain ? 'with --transaction chain its SQL steps are rolled back and the steps behind them fail' : 'the steps go on and commit, but the run ends with "cannot commit" in the log'}. Under pgAgent there was no such transaction. Set ${settings.length === 1 ? 'it' : 'them'} to 0 for that role.`,
);
