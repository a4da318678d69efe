import { rule } from './rule.ts';

const MOST_IDS = 1_000;

/** Without --disable-source nothing is written to the source. */
export const stillEnabled = rule(
  'still-enabled',
  'warning',
  (whole: readonly number[], schedulesInPart: readonly number[]) =>
    `without --disable-source the moved jobs stay enabled in pgAgent. If an agent and the chains are live together, they run twice.${disable(whole)}${disableSchedules(schedulesInPart)}`,
);

function disable(ids: readonly number[]): string {
  if (ids.length === 0) return '';
  if (ids.length > MOST_IDS) return ` Disable the ${ids.length} jobs that moved: --format json lists them.`;
  return ` Disable those that moved: UPDATE pgagent.pga_job SET jobenabled = false WHERE jobid IN (${ids.join(', ')});`;
}

function disableSchedules(scheduleIds: readonly number[]): string {
  if (scheduleIds.length === 0) return '';
  if (scheduleIds.length > MOST_IDS)
    return ` For the jobs that moved in part, disable the ${scheduleIds.length} schedules that moved.`;
  return ` For the jobs that moved in part, disable the schedules that moved: UPDATE pgagent.pga_schedule SET jscenabled = false WHERE jscid IN (${scheduleIds.join(', ')});`;
}
