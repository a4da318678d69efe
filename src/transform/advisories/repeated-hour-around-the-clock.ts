import { rule } from './rule.ts';

/** Measured, Europe/Berlin: pg_timetable runs in both of the hours that clocks going back make of one, pgAgent only in one. */
export const repeatedHourAroundTheClock = rule(
  'repeated-hour-around-the-clock',
  'info',
  (stretch: string) =>
    `runs at every hour, so also in both of the hours that daylight saving makes of one, next ${stretch}. pgAgent ran only in one of them.`,
);
