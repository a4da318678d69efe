import { rule } from './rule.ts';

/** Both read the minute in the session's TimeZone. */
export const timeZoneDiffers = rule(
  'time-zone-differs',
  'error',
  (source: string, target: string, statement: string) =>
    `pgAgent's TimeZone is ${source}, pg_timetable's ${target}: every chain would fire at other hours. That is what the roles that connect now get; --source-role and --target-role name those of the daemons, and --source-time-zone states what the environment of pgAgent says. To give pg_timetable the zone of pgAgent, run this on the target and restart pg_timetable: ${statement} To move the jobs to the target's hours instead give --accept-time-zone.`,
);
