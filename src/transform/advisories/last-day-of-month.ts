import { rule } from './rule.ts';

/** Measured: beside any other month day pga_next_schedule passes the 32nd element of jscmonthdays over. */
export const lastDayOfMonth = rule(
  'last-day-of-month',
  'warning',
  () =>
    'ticks "last day of the month" beside other days. pgAgent passes the flag over then (a defect), and so do the chains: what ran is what will run. --last-day honor makes it count.',
);
