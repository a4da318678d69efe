import { rule } from './rule.ts';

/** Measured: the importer refuses the whole file for one chain without tasks. */
export const chainFileNoTask = rule(
  'chain-file-no-task',
  'error',
  () =>
    'has no step that can become a task, and pg_timetable imports no chain without one: the job is left out of the chain file. It does nothing in pgAgent either; a run without --format yaml moves it.',
);
