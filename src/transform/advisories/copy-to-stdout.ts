import { rule } from './rule.ts';

/** Measured: both throw the rows away; pgAgent then takes an error behind the COPY for a success. */
export const copyToStdout = rule(
  'copy-to-stdout',
  'info',
  () =>
    'holds COPY ... TO STDOUT: its rows go nowhere, under pgAgent as under pg_timetable. An error behind it in the same text counted as a success under pgAgent; pg_timetable fails the step.',
);
