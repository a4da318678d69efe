import { rule } from './rule.ts';

/** Measured on 4.9.0; 5.0 has the same schema, so the two cannot be told apart. */
export const oldTarget = rule(
  'old-target',
  'warning',
  () =>
    "the target's schema is that of pg_timetable 5.0 or older. On 4.9 a step on another connection runs inside a transaction (VACUUM and CREATE DATABASE fail), CREATE INDEX CONCURRENTLY waits for its own chain for ever, and a SET of one step reaches other chains. Upgrade pg_timetable first: version 5.13 and later do none of this.",
);
