import { rule } from './rule.ts';

/** pgAgent: Job::Execute has no rows; pg_timetable: a chain without live tasks succeeds (recorded: probe no-tasks). */
export const noEnabledStep = rule(
  'no-enabled-step',
  'info',
  () =>
    'has no enabled step: pgAgent logged each run and did nothing; the chain does nothing either and counts as a success.',
);
