import { rule } from './rule.ts';

/** cmd /C takes one line and reads quotes, percent signs and other letters than a batch file does. */
export const batchFile = rule(
  'batch-file',
  'info',
  () =>
    "runs as a temporary .bat file, as it did under pgAgent: PowerShell writes the file, has cmd run it, and removes it. pg_timetable's machine must allow that.",
);
