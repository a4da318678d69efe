import { rule } from './rule.ts';

const HOLDS = {
  connection:
    'has a password in its connection string: pg_timetable copies it into timetable.log on every run.',
  text: 'seems to hold a password in its text: pg_timetable copies it into timetable.execution_log on every run.',
  script:
    'seems to hold a password: pg_timetable copies it into timetable.execution_log on every run, and ps shows it meanwhile.',
} as const;

/** Measured: the connection string goes to timetable.log on every run, a script to execution_log.params and ps. */
export const storedPassword = rule(
  'stored-password',
  'warning',
  (where: keyof typeof HOLDS) =>
    `${HOLDS[where]} Use ~/.pgpass, or a file that only its user can read, on pg_timetable's machine instead.`,
);
