import { rule } from './rule.ts';

/** `--schedules active`. */
export const notActive = rule(
  'not-active',
  'warning',
  (start: string) =>
    `begins only at ${start}, and --schedules active leaves it out: it stays on pgAgent, which will fire it.`,
);
