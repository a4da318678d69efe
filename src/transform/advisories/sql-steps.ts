import { rule } from './rule.ts';

/** pgAgent: a pool of connections; pg_timetable: a connection a task. */
export const sqlSteps = rule(
  'sql-steps',
  'info',
  () =>
    "SQL steps ran as pgAgent's database user; they run as the role that pg_timetable connects as, where they have no connection string of their own. What a connection string leaves out (a password, a port, sslmode) comes from pg_timetable's environment and .pgpass.",
);
