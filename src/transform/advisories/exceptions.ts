import { rule } from './rule.ts';
import { shown } from './shown.ts';

/** pgAgent: pga_exception; a chain has none. Those that are over, or never met a minute of the schedule, do not count. */
export const exceptionsPending = rule(
  'exceptions',
  'error',
  (times: readonly string[]) =>
    `has ${times.length === 1 ? 'an exception' : `${times.length} exceptions`} still to come (${shown(times)}); a chain would fire then.`,
);
