import { rule } from './rule.ts';

/** pgAgent: UPDATE pgagent.pga_job SET jobnextrun = now() (measured); pg_timetable: a notification, which timetable.notify_chain_start sends in a way that may count several times (measured). */
export const onDemand = rule(
  'on-demand',
  'info',
  (call: string) =>
    `has no enabled schedule and is started by hand. Its chain has a line that never fires. This starts it once, when the client next looks (within a minute), and returns no row where no client is connected; timetable.notify_chain_start may start it several times: ${call}`,
);
