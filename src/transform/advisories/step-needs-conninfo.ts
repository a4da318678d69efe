import { rule } from './rule.ts';

/** pgAgent takes the rest from its own connection or from its machine; pgx would take it from other defaults. */
export const stepNeedsConninfo = rule(
  'step-needs-conninfo',
  'error',
  (what: string) =>
    `${what}; how pg_timetable reaches it is not known. Give the address as pg_timetable's machine sees it: --step-conninfo "host=... port=... user=...".`,
);
