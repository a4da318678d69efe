import { rule } from './rule.ts';

/** Measured: PQexec of an empty query is no success for pgAgent; recorded: probe comment-only. */
export const commentOnly = rule(
  'comment-only',
  'warning',
  (onError: 'fail' | 'success' | 'ignore') =>
    `holds comments alone: under pgAgent it failed each time; under pg_timetable it succeeds${
      onError === 'fail' ? ', so the steps behind it, which never ran, will run' : ''
    }. Disable it, or take it out.`,
);
