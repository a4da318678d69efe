import { rule } from './rule.ts';

/** Measured: the text is an argument of the shell, where pgrep -f finds it; pgAgent's command line was the path of a file. */
export const processList = rule(
  'process-list',
  'warning',
  () =>
    'seems to look at the list of processes: its own text stands there now, as an argument, where pgAgent had the path of a file. pgrep -f, pkill -f or ps that look for words of the text find the step itself. Give them a pattern that does not match itself in the text ("[n]ame" for "name"), use pgrep without -f, or put the script into a file of its own.',
);
