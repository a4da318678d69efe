import { rule } from './rule.ts';

/** What PostgreSQL's grammar refuses fails under both; what is looked for in SQL was not looked for. */
export const sqlUnread = rule(
  'sql-unread',
  'warning',
  (why: string) =>
    `was not looked into (${why}): what other advisories say of SQL is not known of it. See in pga_jobsteplog whether the step ever worked: if it did, read it yourself; if it is a mistake in the SQL, it failed under pgAgent and fails under pg_timetable, so mend or disable it.`,
);
