import { rule } from './rule.ts';

/** Measured, Europe/Berlin: pg_timetable runs a minute twice that clocks going back repeat, pgAgent once. */
export const repeatedHour = rule(
  'repeated-hour',
  'warning',
  (stretch: string) =>
    `has minutes in the time that daylight saving repeats, next ${stretch}: the chain runs them twice, pgAgent ran them once. Where the steps do not bear that, move the schedule to another hour in pgAgent first.`,
);
