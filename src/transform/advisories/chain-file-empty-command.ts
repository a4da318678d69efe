import { rule } from './rule.ts';

/** Measured: the importer refuses the whole file for one empty command, and takes a blank. */
export const chainFileEmptyCommand = rule(
  'chain-file-empty-command',
  'info',
  () =>
    'has no text, which a chain file cannot hold: its command is one blank there. pg_timetable fails at either as at an empty one.',
);
