import { rule } from './rule.ts';

/** Both read the minute in the session's TimeZone. */
export const timeZoneDiffers = rule(
  'time-zone-differs',
  'error',
  (source: string, target: string, database: string) =>
    `the source's TimeZone is ${source}, the target's ${target}: every chain would fire at other hours. On the target: ALTER DATABASE "${database.replaceAll('"', '""')}" SET TimeZone = '${source}'; then restart pg_timetable. (Where its role has a TimeZone of its own, ALTER ROLE ... IN DATABASE.)`,
);
