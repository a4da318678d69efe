import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import pg from 'pg';
import { Failure } from '../model/failure.ts';
import { Authentication, type Inside, type Progress } from './authentication.ts';
import type { Endpoint } from './endpoint.ts';
import { describeConnectError, tellingError } from './plain-words.ts';
import { checkSessionAttributes } from './session-attributes.ts';
import { tlsOptions, type Way, waysToTry } from './tls.ts';

export type Client = pg.Client;

/**
 * Opens a session under the name pga2timetable.
 * @param side how messages call it: "source" or "target"
 * @param onAttempt is given each client before it connects, so that it can be abandoned meanwhile
 * @throws Failure of code `failed`, in plain words
 */
export async function connect(
  endpoint: Endpoint,
  side: string,
  onAttempt: (client: Client) => void = () => {},
): Promise<Client> {
  const errors: unknown[] = [];
  let passwordFile: string | null = null;
  for (const way of waysToTry(endpoint)) {
    const authentication = new Authentication(endpoint, side);
    try {
      return await open(endpoint, way, authentication, side, onAttempt);
    } catch (error) {
      errors.push(error);
      passwordFile ??= authentication.progress.passwordFile;
      if (!mayTryTheOtherWay(way, error, authentication.progress)) break;
    }
  }
  throw describeConnectError(tellingError(errors), endpoint, side, passwordFile);
}

async function open(
  endpoint: Endpoint,
  way: Way,
  authentication: Authentication,
  side: string,
  onAttempt: (client: Client) => void,
): Promise<Client> {
  const isTls = way === 'tls';
  const settings = {
    host: await whereTo(endpoint),
    port: endpoint.port,
    user: endpoint.user,
    password: () => authentication.password(),
    database: endpoint.database,
    ssl: isTls ? tlsOptions(endpoint, side) : false,
    // pg would ask the environment.
    sslnegotiation: isTls ? endpoint.tls.negotiation : 'postgres',
    enableChannelBinding: isTls && endpoint.channelBinding !== 'disable',
    connectionTimeoutMillis: endpoint.connectTimeoutSeconds * 1000,
    application_name: 'pga2timetable',
    ...(endpoint.options === null ? {} : { options: endpoint.options }),
    keepAlive: true,
  };
  const client = new pg.Client(settings) as Inside;
  // A lost connection also rejects the query under way, which is where it is dealt with.
  client.on('error', () => {});
  authentication.watch(client);
  try {
    const connecting = client.connect();
    onAttempt(client);
    await connecting;
    // Nobody's own function or operator stands in for PostgreSQL's.
    await client.query('SET search_path = pg_catalog');
    await checkSessionAttributes(client, endpoint.sessionAttributes, side);
  } catch (error) {
    client.end().catch(() => {});
    throw error;
  }
  return client;
}

// pg sends the name of the host to the server (SNI) wherever it has one.
async function whereTo({ host, address, tls }: Endpoint): Promise<string> {
  if (address !== null) return address;
  if (tls.sendsHostName || host.startsWith('/') || isIP(host) !== 0) return host;
  return (await lookup(host)).address;
}

/** libpq's rule: what the server refuses before it has let one in is tried the other way; so is plain where TLS does not come about. */
function mayTryTheOtherWay(way: Way, error: unknown, progress: Progress): boolean {
  if (progress.isAuthenticated) return false;
  if (error instanceof pg.DatabaseError) return true;
  if (way === 'plain') return false;
  return !progress.isSecure && (progress.isReached || error instanceof Failure) && !isTimeout(error);
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === 'timeout expired';
}

/** Drops the connection at once: the server rolls back what it has not committed. */
export function abandon(client: Client): void {
  const { connection } = client as Client & { connection?: { stream?: { destroy(): void } } };
  connection?.stream?.destroy();
}
