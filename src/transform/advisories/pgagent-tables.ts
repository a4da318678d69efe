import { rule } from './rule.ts';

/** After the move nobody reads what a step writes to pgAgent's tables, and what it reads there no longer changes. */
export const pgagentTables = rule(
  'pgagent-tables',
  'warning',
  () =>
    "seems to use pgAgent's own tables (pgagent.): what it writes there no longer changes a job that moved, and what it reads there stands still. Rewrite it for the schema timetable, or take it out.",
);
