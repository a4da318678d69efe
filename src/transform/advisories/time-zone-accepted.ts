import { rule } from './rule.ts';

/** `--accept-time-zone`. */
export const timeZoneAccepted = rule(
  'time-zone-accepted',
  'warning',
  (source: string, target: string) =>
    `pgAgent's TimeZone is ${source}, pg_timetable's ${target}: the chains fire at the same hours on the clock of ${target}, which are other moments. Starts and ends of schedules stay the moments they were.`,
);
