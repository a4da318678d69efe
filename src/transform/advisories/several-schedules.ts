import { rule } from './rule.ts';

/** pgAgent: jobagentid IS NULL; pg_timetable: max_instances counts the runs of one chain. */
export const severalSchedules = rule(
  'several-schedules',
  'info',
  (count: number) =>
    `has its steps in ${count} chains. pgAgent never ran a job beside itself, so in each chain a task before the steps tries a lock of the job: while another of them is running, the chain stops (a failed run, "not run: ..." in the log). pgAgent left such a run out too.`,
);
