import { rule } from './rule.ts';
import { shown } from './shown.ts';

/** pg_timetable: exec without a shell; pgAgent: a file of mode 700. */
export const programTasks = rule(
  'program-tasks',
  'info',
  (programs: readonly string[]) =>
    `batch steps run as the operating system user of pg_timetable, on its machine, in its folder and environment, with ${shown(programs)} from there, and not at all under --no-program-tasks. Their text stands in timetable.log or execution_log.params and, while they run, in ps.`,
);
