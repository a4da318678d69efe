import { rule } from './rule.ts';

/** Measured: pgAgent runs .../<job>_<step>.scr; a text given by -c has no path. */
export const scriptPath = rule(
  'script-path',
  'warning',
  () =>
    'asks for its own path ($0 or BASH_SOURCE): pgAgent ran it as a file in a folder of its own; now it has no file, and $0 is the name of the shell.',
);
