import { rule } from './rule.ts';

/** PostgreSQL: an index row of a B-tree takes a third of a page. */
export const nameTooLong = rule(
  'name-too-long',
  'error',
  (bytes: number, most: number) =>
    `gives a chain name of ${bytes} bytes; the unique index of timetable.chain takes ${most} at the most. Shorten the name of the job or the schedule in pgAgent.`,
);
