import { rule } from './rule.ts';

/** pgAgent: jobagentid IS NULL; pg_timetable: max_instances counts the runs of one chain. */
export const severalSchedules = rule(
  'several-schedules',
  'info',
  (count: number) =>
    `is ${count} chains now, one a schedule. pgAgent never ran a job beside itself; a run that lasts until another schedule fires now meets the other chain's run.`,
);
