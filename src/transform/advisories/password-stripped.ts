import { rule } from './rule.ts';

/** Measured: without a password in the string, or with an empty PGPASSWORD, libpq and pgx look into ~/.pgpass. */
export const passwordStripped = rule(
  'password-stripped',
  'info',
  (where: string) => `is written without its password (--strip-passwords): ${where}.`,
);
