import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import pg from 'pg';
import { Failure } from '../model/failure.ts';
import { Authentication, type Inside, type Progress } from './authentication.ts';
import type { Endpoint } from './endpoint.ts';
import { describeConnectError, place, tellingError } from './plain-words.ts';
import { checkSessionAttributes, FIND_ATTRIBUTES, type FoundAttributes } from './session-attributes.ts';
import { setUpText, whyNotSetUp } from './session-settings.ts';
import { tlsOptions, type Way, waysToTry } from './tls.ts';

export type Client = pg.Client;

export interface ConnectOptions {
  /** Is given each client before it connects, so that it can be abandoned meanwhile. */
  readonly onAttempt?: (client: Client) => void;
  /** Milliseconds for which a transaction of the session may idle on purpose. */
  readonly waits?: number;
}

/**
 * Opens a session under the name pga2timetable, with the settings that the tool works under.
 * @param side how messages call it: "source" or "target"
 * @throws Failure of code `failed`, in plain words; `refused` behind a pooler
 */
export async function connect(
  endpoint: Endpoint,
  side: string,
  options: ConnectOptions = {},
): Promise<Client> {
  const errors: unknown[] = [];
  let passwordFile: string | null = null;
  for (const way of waysToTry(endpoint)) {
    const authentication = new Authentication(endpoint, side);
    try {
      return await open(endpoint, way, authentication, side, options);
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
  { onAttempt = () => {}, waits = 0 }: ConnectOptions,
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
    // Statements that are sent together share a round trip: nobody waits for the answer to the one before.
    pipeline: true,
  };
  const client = new pg.Client(settings) as Inside;
  // A lost connection also rejects the query under way, which is where it is dealt with.
  client.on('error', () => {});
  authentication.watch(client);
  try {
    const connecting = client.connect();
    onAttempt(client);
    await connecting;
    checkSessionAttributes(await setUp(client, waits, endpoint, side), endpoint.sessionAttributes, side);
  } catch (error) {
    client.end().catch(() => {});
    throw error;
  }
  return client;
}

async function setUp(
  client: Inside,
  waits: number,
  endpoint: Endpoint,
  side: string,
): Promise<FoundAttributes> {
  try {
    const results: unknown = await client.query(setUpText(client.processID ?? 0, waits, FIND_ATTRIBUTES));
    const [found] = (results as readonly pg.QueryResult<FoundAttributes>[]).at(-1)?.rows ?? [];
    return found ?? { standby: false, readOnly: false };
  } catch (error) {
    throw await whyNotSetUp(error, client, side, place(endpoint));
  }
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
