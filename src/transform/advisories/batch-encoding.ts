import { rule } from './rule.ts';

/** Measured: pg_timetable reads the parameters of a program as UTF-8, whatever the database sends. */
export const batchEncoding = rule(
  'batch-encoding',
  'error',
  (side: 'source' | 'target', encoding: string) =>
    `has letters beyond ASCII, and the ${side} is in ${encoding}: ${
      side === 'source'
        ? 'pgAgent gave the script their bytes in that encoding, and pg_timetable would give it those of UTF-8'
        : 'pg_timetable takes what it reads there for UTF-8 and replaces each of them'
    }. Write them in ASCII (printf and octal numbers), or put the script into a file of its own that the step calls.`,
);
