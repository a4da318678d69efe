import { rule } from './rule.ts';

/** Recorded: probe copy-from-stdin hangs; pgAgent counts it as a success that copies nothing. */
export const copyFromStdin = rule(
  'copy-from-stdin',
  'warning',
  () =>
    'holds COPY ... FROM STDIN: under pgAgent that took the whole text back and counted as a success; pg_timetable waits for data for ever, keeps one of its workers, and the chain never runs again. Take it out, or let psql do it in a batch step.',
);
