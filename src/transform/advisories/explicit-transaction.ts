import { rule } from './rule.ts';

/** Measured: pgAgent puts a connection back into its pool with the failed transaction on it. */
export const explicitTransaction = rule(
  'explicit-transaction',
  'info',
  () =>
    'has a BEGIN and its COMMIT: when it failed between them, pgAgent kept the failed transaction on its connection, and whatever ran there next failed too. pg_timetable closes the connection, so the steps behind it run if the error is ignored.',
);
