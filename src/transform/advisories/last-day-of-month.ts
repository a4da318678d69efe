import { rule } from './rule.ts';

/** pgAgent: the 32nd element of jscmonthdays; timetable.cron has nothing like it. */
export const lastDayOfMonth = rule(
  'last-day-of-month',
  'error',
  () => 'ticks "last day of the month", which a cron line cannot say; this version does not carry it over.',
);
