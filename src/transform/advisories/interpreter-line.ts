import { rule } from './rule.ts';

/** pgAgent executes the text as a file, so its first line chooses the interpreter; a shell takes it for a comment. */
export const interpreterLine = rule(
  'interpreter-line',
  'error',
  (line: string) =>
    `begins with "${line}": pgAgent ran it with that interpreter, which this version cannot do. Put the script into a file on pg_timetable's machine and call that.`,
);
