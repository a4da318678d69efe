import { rule } from './rule.ts';

/** Measured: connection.cpp, CONNinfo::Parse writes keyword=value as they are. */
export const neverRan = rule(
  'never-ran',
  'warning',
  (why: string) =>
    `has ${why}: pgAgent puts connection strings together without quotes, so as a rule it could not connect and the step failed each time. Migrated, it comes to life: look into pga_jobsteplog whether it ever worked.`,
);
