import { rule } from './rule.ts';

/** Measured: pgAgent runs each batch text as a file of mode 700 in a folder of its own, and removes both. */
export const scriptFile = rule(
  'script-file',
  'info',
  (reason: string) =>
    `runs as a temporary file, as it did under pgAgent, because ${reason}: pg_timetable's machine must have its interpreter, and a temporary folder (TMPDIR, else /tmp) from which programs may run.`,
);
