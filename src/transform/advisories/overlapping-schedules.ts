import { rule } from './rule.ts';

/** pgAgent: one jobnextrun a job; pg_timetable: one chain a schedule. */
export const overlappingSchedules = rule(
  'overlapping-schedules',
  'warning',
  (other: string, first: string, minutes: number) =>
    `fires together with the schedule ${other}, first at ${first}, in ${minutes === 1 ? 'one minute' : `${minutes} minutes`} of the next 365 days. pgAgent ran the job once then. Of the two chains one runs, and the other is either a failed run in the log (the first is still running) or runs the job a second time (it is not). Give --overlap exact, which leaves each minute to one of them.`,
);
