import { rule } from './rule.ts';
import { shown } from './shown.ts';

/** libpq and pgx read these where they run. */
export const connectionFiles = rule(
  'connection-files',
  'warning',
  (keywords: readonly string[]) =>
    `has a connection string that names files or a service (${shown(keywords)}): they are read on pg_timetable's machine now, by its user. Put them there.`,
);
