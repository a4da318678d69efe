import { rule } from './rule.ts';
import { shown } from './shown.ts';

/** Nobody writes pgAgent's logs for a job that runs under pg_timetable. */
export const pgagentRead = rule(
  'pgagent-read',
  'warning',
  (names: readonly string[]) =>
    `reads ${shown(names)}: pgAgent kept that up to date, and for jobs that moved it stands still. Let it read the schema timetable: what jobs there are stands in chain, how they ran in execution_log.`,
);
