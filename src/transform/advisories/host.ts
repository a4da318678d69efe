import { shellWord } from '../../model/shell-word.ts';
import { varied } from '../../model/varied.ts';
import { rule } from './rule.ts';
import { shown } from './shown.ts';

/** pgAgent: one of all agents takes such a job; pg_timetable: a chain without client_name belongs to every client. */
export const anyHost = rule('any-host', 'info', (everyClient: boolean) =>
  everyClient
    ? 'is for any host: every pg_timetable client runs its chains (--every-client). pgAgent ran the job on one host.'
    : 'is for any host: its chains have no client_name, so every pg_timetable client runs them. Before you start a second client, bind them to one: --client-name =NAME.',
);

/** Measured: with two clients a chain without client_name runs twice each time, max_instances = 1 or not. */
export const anyHostSeveralClients = rule(
  'any-host-several-clients',
  'warning',
  (clients: readonly string[]) =>
    `is for any host, and there are ${clients.length} clients: ${shown(clients)}. Each client runs its chains; pgAgent ran the job once. To run it on one client: --client-name =NAME. To run it on all of them: --every-client.`,
);

/** pgAgent: jobhostagent is a host name; pg_timetable: client_name is what --clientname says. */
export const boundToClient = rule(
  'bound-to-client',
  'info',
  (client: string, isConnected: boolean) =>
    varied`runs only on a pg_timetable started with --clientname=${{ client: shellWord(client) }}${isConnected ? ', which is connected now' : ', which is not connected now'}. To use another client: --client-name HOST=NAME`,
);
