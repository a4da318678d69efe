import { rule } from './rule.ts';
import { shown } from './shown.ts';

/** After the move nobody acts on what is written there, and an enabled job would run on both sides. */
export const pgagentWritten = rule(
  'pgagent-written',
  'error',
  (names: readonly string[]) =>
    `writes to ${shown(names)}: pgAgent did what that told it, pg_timetable looks at no table of pgAgent. What is written for a job that moved would be lost, or bring it back on pgAgent beside its chain. Rewrite the step for the schema timetable, or disable it, and move the job then.`,
);
