import { rule } from './rule.ts';

/** A script may be in any language, so only its words can be looked at. */
export const pgagentInScript = rule(
  'pgagent-in-script',
  'warning',
  () =>
    "seems to use pgAgent's own tables (pgagent.): for jobs that moved, what it writes there no longer changes anything or brings them back on pgAgent, and what it reads there stands still. Rewrite it for the schema timetable, or take it out.",
);
