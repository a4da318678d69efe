import { rule } from './rule.ts';

/** cmd /C takes one line; %% and quotes are read otherwise than in a batch file. */
export const cmdText = rule(
  'cmd-text',
  'error',
  () =>
    "has several lines, a quote or a percent sign, which cmd /C does not read as a batch file does. Put the script into a .bat file on pg_timetable's machine and call that.",
);
