import { rule } from './rule.ts';
import { shown } from './shown.ts';

/** Recorded: pgx sends a keyword it does not know to the server, which refuses the connection. */
export const connectionWeakened = rule(
  'connection-weakened',
  'warning',
  (keywords: readonly string[]) =>
    `has a connection string with a safeguard that pg_timetable's driver does not know, so it does not hold as before: ${shown(keywords)}. Ask for it on the server instead, or take it out in pgAgent.`,
);
