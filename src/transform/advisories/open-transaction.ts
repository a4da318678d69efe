import { rule } from './rule.ts';

/** Measured: pgAgent puts the connection back into its pool with the transaction open; pg_timetable closes it. */
export const openTransaction = rule(
  'open-transaction',
  'warning',
  (isChain: boolean) =>
    `begins a transaction and does not end it. Under pgAgent its work was lost, or came into the step that got the same connection next; ${
      isChain
        ? "with --transaction chain it stays, if the chain succeeds. Take the BEGIN out; a COMMIT would end the chain's own transaction."
        : 'under pg_timetable it is rolled back each time. Add the COMMIT that is missing, or take the BEGIN out.'
    }`,
);
