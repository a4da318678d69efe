import { rule } from './rule.ts';

/** Recorded: probe program-argument-140000 fails with "argument list too long". */
export const batchTooLong = rule(
  'batch-too-long',
  'error',
  (length: number, most: number) =>
    `is ${length} long; one argument of a program takes ${most} at the most. Put the script into a file on pg_timetable's machine and call that.`,
);
