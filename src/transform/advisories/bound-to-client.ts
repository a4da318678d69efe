import { rule } from './rule.ts';

/** pgAgent: jobhostagent is a host name; pg_timetable: client_name is what --clientname says. */
export const boundToClient = rule(
  'bound-to-client',
  'info',
  (client: string, isConnected: boolean) =>
    `runs only on a pg_timetable started with --clientname=${client}${isConnected ? ', which is connected now' : '; none of that name is connected now'}. --client-name gives it another.`,
);
