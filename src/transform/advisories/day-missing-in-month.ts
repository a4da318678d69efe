import { rule } from './rule.ts';

/** Measured: pga_next_schedule builds dates such as 31 February, raises, and leaves jobagentid set. */
export const missingMonthDay = rule(
  'day-missing-in-month',
  'warning',
  () =>
    'names a day from 29 to 31 that a month ticked lacks: pgAgent fails to compute the next run there, and the job stands still until an agent restarts. The chain fires on each such day that exists, so the job may run more often than of late.',
);
