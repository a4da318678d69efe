import { rule } from './rule.ts';

/** pgAgent executes the text as a file, so its first line chooses the interpreter; Windows knows no such line. */
export const interpreterLine = rule(
  'interpreter-line',
  'error',
  (line: string, shell: string) =>
    `begins with "${line}": pgAgent ran it with that interpreter, on a machine that is not Windows; --shell ${shell} cannot. Move this job with --shell sh, to a pg_timetable on such a machine.`,
);
