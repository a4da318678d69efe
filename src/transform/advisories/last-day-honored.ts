import { rule } from './rule.ts';

/** `--last-day honor`, where pga_next_schedule passes the flag over (measured). */
export const lastDayHonored = rule(
  'last-day-honored',
  'info',
  () =>
    'ticks "last day of the month" beside other days. pgAgent never fired it on the last day; its chains do, as --last-day honor asks, so the job runs more often than it did.',
);
