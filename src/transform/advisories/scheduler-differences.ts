import { rule } from './rule.ts';

/** Measured on both. */
export const schedulerDifferences = rule(
  'scheduler-differences',
  'info',
  () =>
    'pg_timetable starts a chain up to a minute late within its minute, does not make up for runs missed while it was down, runs 16 chains at once, and fires twice in the hour that daylight saving repeats. pgAgent: within seconds, one catch-up run, no limit, once.',
);
