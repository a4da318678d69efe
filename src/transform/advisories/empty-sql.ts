import { rule } from './rule.ts';

/** Measured: PQexec of an empty query is no success for pgAgent; recorded: probe blank. */
export const emptySql = rule(
  'empty-sql',
  'warning',
  () =>
    'is blank or holds semicolons alone: under pgAgent it failed each time. Under pg_timetable a blank text fails too, but semicolons succeed, so that steps behind it which never ran will run. Disable it, or take it out.',
);
