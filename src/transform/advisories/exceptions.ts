import { rule } from './rule.ts';
import { shown } from './shown.ts';

/** pgAgent: pga_exception; a chain has none. Those that are over, or never met a minute of the schedule, do not count. */
export const exceptionsPending = rule(
  'exceptions',
  'info',
  (dates: readonly string[], times: readonly string[]) => [...onDates(dates), ...atTimes(times)].join(' It '),
);

function onDates(dates: readonly string[]): readonly string[] {
  if (dates.length === 0) return [];
  return [
    `does not fire on ${shown(dates)}: a guard in front of its chains keeps that. It looks at the date when it runs, so a chain that waited past midnight is judged by the new day.`,
  ];
}

function atTimes(times: readonly string[]): readonly string[] {
  return times.length === 0 ? [] : [`never fires at ${shown(times)}: its cron lines leave that out.`];
}
