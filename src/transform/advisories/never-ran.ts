import { rule } from './rule.ts';

/** Measured: connection.cpp, CONNinfo::Parse writes keyword=value as they are. */
export const neverRan = rule(
  'never-ran',
  'warning',
  (why: string) =>
    `has ${why}: pgAgent puts connection strings together without quotes, so it could not connect and the step failed each time. Migrated, it comes to life.`,
);
