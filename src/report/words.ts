import cronstrue from 'cronstrue';
import type { ChainPlan } from '../plan.ts';

/** When a chain runs, in words, by its cron line: pg_timetable asks for the day of the month and the week day both. */
export function scheduleInWords({ runAt }: Pick<ChainPlan, 'runAt'>): string {
  return cronstrue.toString(runAt, {
    use24HourTimeFormat: true,
    logicalAndDayFields: true,
    throwExceptionOnParseError: false,
  });
}
