import { rule } from './rule.ts';

/** Measured: a chain's own transaction idles while its steps run, and a job's lock is in it. */
export const endsSessions = rule(
  'ends-sessions',
  'warning',
  () =>
    "ends or cancels other sessions. pg_timetable keeps one idle in transaction for each chain that runs, which pgAgent did not: if the step ends such sessions, it takes away the chain's own transaction, and the lock that keeps the chains of a job apart. Let it leave out application_name = 'pg_timetable'.",
);
