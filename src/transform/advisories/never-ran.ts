import { rule } from './rule.ts';

const BEFORE = {
  quotes:
    'pgAgent 4 puts connection strings together without quotes, so as a rule it could not connect and the step failed each time',
  password:
    'pgAgent 4.2.2 sends ***** in its place, so where the server asks for a password the step failed each time (older ones and 4.2.3 send it)',
  libpq:
    'only libpq 19 knows it, so with an older one pgAgent could not connect and the step failed each time',
} as const;

/** Measured: connection.cpp, CONNinfo::Parse writes keyword=value as they are, and in 4.2.2 ***** for a password. */
export const neverRan = rule(
  'never-ran',
  'warning',
  (what: string, why: keyof typeof BEFORE) =>
    `has ${what}: ${BEFORE[why]}. Migrated, it comes to life: look into pga_jobsteplog whether it ever worked.`,
);
