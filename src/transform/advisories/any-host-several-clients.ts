import { rule } from './rule.ts';
import { shown } from './shown.ts';

/** Measured: with two clients a chain without client_name runs twice each time, max_instances = 1 or not. */
export const anyHostSeveralClients = rule(
  'any-host-several-clients',
  'warning',
  (clients: readonly string[]) =>
    `is for any host, and the target knows ${clients.length} clients (${shown(clients)}): each of them will run its chains. Give them to one: --client-name =NAME.`,
);
