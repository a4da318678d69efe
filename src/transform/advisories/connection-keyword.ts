import { rule } from './rule.ts';
import { shown } from './shown.ts';

/** Recorded: pgx sends a keyword it does not know to the server, which refuses the connection. */
export const connectionKeyword = rule(
  'connection-keyword',
  'info',
  (keywords: readonly string[]) =>
    `has a connection string with keywords that pg_timetable's driver does not know: ${shown(keywords)}; the rest is carried over.`,
);
