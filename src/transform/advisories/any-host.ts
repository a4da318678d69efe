import { rule } from './rule.ts';

/** pgAgent: one of all agents takes such a job; pg_timetable: a chain without client_name belongs to every client. */
export const anyHost = rule(
  'any-host',
  'info',
  () =>
    'is for any host: its chains have no client_name, so that every pg_timetable client connected runs them. With more than one client give them to one: --client-name =NAME.',
);
