import { rule } from './rule.ts';

/** Measured: of a remote task pg_timetable logs the whole connection string, of a local one there is none. */
export const connectionOwnDatabase = rule(
  'connection-own-database',
  'info',
  (role: string) =>
    `has a connection string that leads to pg_timetable's own database as "${role}", which is the role that pg_timetable is taken to connect as (--target-role): it becomes a local task, and the string is not stored.`,
);
