import { rule } from './rule.ts';

/** Measured: PQexec of an empty query is no success for pgAgent; recorded: probes comment-only and blank. */
export const emptySql = rule(
  'empty-sql',
  'warning',
  () =>
    'holds no SQL statement: under pgAgent the step failed each time. pg_timetable fails on blank text too, but a text of comments alone succeeds there, and the steps behind it run.',
);
