import { rule } from './rule.ts';

/** What is not certain to mean the same without it is left as it is. */
export const passwordNotStripped = rule(
  'password-not-stripped',
  'error',
  (where: 'text' | 'connection string') =>
    `seems to hold a password in its ${where} that --strip-passwords cannot take out without changing what the step does. Take it out in pgAgent, or run without --strip-passwords.`,
);
