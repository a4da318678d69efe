import { rule } from './rule.ts';

/** Recorded: probe program-argument-140000 fails with "argument list too long". */
export const batchTooLong = rule(
  'batch-too-long',
  'error',
  (length: number, most: number, unit: 'bytes of text' | 'characters of command line') =>
    `is too long: ${length} ${unit}, where pg_timetable's machine takes ${most}. Put the script into a file on pg_timetable's machine and call that.`,
);
