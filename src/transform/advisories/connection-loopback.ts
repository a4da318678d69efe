import { rule } from './rule.ts';
import { shown } from './shown.ts';

/** A loopback name or a Unix socket is the machine of whoever connects. */
export const connectionLoopback = rule(
  'connection-loopback',
  'warning',
  (hosts: readonly string[]) =>
    `connects to ${shown(hosts)}: that was pgAgent's machine, and is pg_timetable's now. Unless both run on one machine, name the server in pgAgent first.`,
);
