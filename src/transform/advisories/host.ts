import { rule } from './rule.ts';
import { shown } from './shown.ts';

/** pgAgent: one of all agents takes such a job; pg_timetable: a chain without client_name belongs to every client. */
export const anyHost = rule(
  'any-host',
  'info',
  () =>
    'is for any host: its chains have no client_name, so that every pg_timetable client connected runs them. With more than one client give them to one: --client-name =NAME.',
);

/** Measured: with two clients a chain without client_name runs twice each time, max_instances = 1 or not. */
export const anyHostSeveralClients = rule(
  'any-host-several-clients',
  'warning',
  (clients: readonly string[]) =>
    `is for any host, and the target knows ${clients.length} clients (${shown(clients)}): each of them will run its chains. Give them to one: --client-name =NAME.`,
);

/** pgAgent: jobhostagent is a host name; pg_timetable: client_name is what --clientname says. */
export const boundToClient = rule(
  'bound-to-client',
  'info',
  (client: string, isConnected: boolean) =>
    `runs only on a pg_timetable started with --clientname=${client}${isConnected ? ', which is connected now' : '; none of that name is connected now'}. --client-name gives it another.`,
);
