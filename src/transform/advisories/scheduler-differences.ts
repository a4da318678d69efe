import { rule } from './rule.ts';

/** Measured on both. */
export const schedulerDifferences = rule(
  'scheduler-differences',
  'info',
  () =>
    'pg_timetable starts a chain up to a minute late within its minute, does not make up for runs missed while it was down, runs 16 chains at once, and fires twice in the hour that daylight saving repeats. pgAgent: within seconds, one catch-up run, no limit, once. And where pgAgent computed the next run in another hour (after a long run, or that of another schedule of the job) it passed over the first minutes of the hour that it found; a chain never does, so a job may run more often than it did.',
);
