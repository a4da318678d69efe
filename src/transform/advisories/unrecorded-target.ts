import { rule } from './rule.ts';

/** Recordings stand behind three versions. */
export const unrecordedTarget = rule(
  'unrecorded-target',
  'info',
  (version: string) =>
    `the target's schema is ${version}: what a chain does there was recorded with pg_timetable 7.0.0, 6.3.0 and 5.13.0, not with this one.`,
);
