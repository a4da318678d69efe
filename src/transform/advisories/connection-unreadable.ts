import { rule } from './rule.ts';

/** libpq: PQconninfoParse refuses it, or nothing in pgx stands for it. */
export const connectionUnreadable = rule(
  'connection-unreadable',
  'error',
  (why: string) =>
    `has a connection string that cannot be carried over: ${why}. Mend it in pgAgent, then run this again.`,
);
