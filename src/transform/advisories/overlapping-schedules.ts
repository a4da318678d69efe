import { rule } from './rule.ts';

/** pgAgent: one jobnextrun a job; pg_timetable: one chain a schedule. */
export const overlappingSchedules = rule(
  'overlapping-schedules',
  'warning',
  (other: string) =>
    `fires at minutes at which the schedule ${other} fires too: pgAgent ran the job once then, pg_timetable runs both chains side by side. Untick the common minutes in one of them, or disable the one that the other covers, or make sure that the steps bear it.`,
);
