import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import pg from 'pg';
import pgpass from 'pgpass';
import { Failure } from '../failure.ts';
import type { Endpoint } from './endpoint.ts';
import { describeConnectError, errorCode } from './plain-words.ts';

export type Client = pg.Client;

const NO_TLS_HERE = 'The server does not support SSL connections';
const REFUSED_BY_HBA = '28000';

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
  const attempts = tlsAttempts(endpoint, side);
  for (const [index, ssl] of attempts.entries()) {
    try {
      return await open(endpoint, ssl, onAttempt);
    } catch (error) {
      if (index + 1 < attempts.length && mayTryTheOtherWay(error)) continue;
      throw describeConnectError(error, endpoint, side);
    }
  }
  throw new Failure('failed', `No way to connect to the ${side} is left.`, 'Check its connection string.');
}

async function open(
  endpoint: Endpoint,
  ssl: ConnectionOptions | false,
  onAttempt: (client: Client) => void,
): Promise<Client> {
  const client = new pg.Client({
    host: endpoint.host,
    port: endpoint.port,
    user: endpoint.user,
    password: endpoint.password ?? (() => passwordFromFile(endpoint)),
    database: endpoint.database,
    ssl,
    connectionTimeoutMillis: endpoint.connectTimeoutSeconds * 1000,
    application_name: 'pga2timetable',
    ...(endpoint.options === null ? {} : { options: endpoint.options }),
    keepAlive: true,
  });
  // A lost connection also rejects the query under way, which is where it is dealt with.
  client.on('error', () => {});
  try {
    const connecting = client.connect();
    onAttempt(client);
    await connecting;
    // Nobody's own function or operator stands in for PostgreSQL's.
    await client.query('SET search_path = pg_catalog');
  } catch (error) {
    client.end().catch(() => {});
    throw error;
  }
  return client;
}

// ~/.pgpass or PGPASSFILE. Without an entry the server is told nothing, and says what it wants.
function passwordFromFile({ host, port, user, database }: Endpoint): Promise<string> {
  return new Promise((done) => pgpass({ host, port, user, database }, (password) => done(password ?? '')));
}

/** The ways to try, in order, as libpq reads sslmode; false is without TLS. */
function tlsAttempts(endpoint: Endpoint, side: string): readonly (ConnectionOptions | false)[] {
  if (endpoint.host.startsWith('/')) return [false];
  const certificates = clientCertificate(endpoint, side);
  const unverified: ConnectionOptions = { ...certificates, rejectUnauthorized: false };
  switch (endpoint.sslMode) {
    case 'disable':
      return [false];
    case 'allow':
      return [false, unverified];
    case 'prefer':
      return [unverified, false];
    case 'require':
      return [
        endpoint.sslRootCert === null
          ? unverified
          : { ...certificates, ...verified(endpoint, side), checkServerIdentity: () => undefined },
      ];
    case 'verify-ca':
      return [{ ...certificates, ...verified(endpoint, side), checkServerIdentity: () => undefined }];
    case 'verify-full':
      return [{ ...certificates, ...verified(endpoint, side) }];
  }
}

function verified(endpoint: Endpoint, side: string): ConnectionOptions {
  const usual = join(homedir(), '.postgresql', 'root.crt');
  if (endpoint.sslRootCert === 'system' || (endpoint.sslRootCert === null && !existsSync(usual)))
    return { rejectUnauthorized: true };
  return { rejectUnauthorized: true, ca: readFile(endpoint.sslRootCert ?? usual, 'sslrootcert', side) };
}

function clientCertificate({ sslCert, sslKey }: Endpoint, side: string): ConnectionOptions {
  if (sslCert === null || sslKey === null) return {};
  return { cert: readFile(sslCert, 'sslcert', side), key: readFile(sslKey, 'sslkey', side) };
}

function readFile(path: string, keyword: string, side: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Failure(
      'failed',
      `The ${keyword} of the ${side}, ${path}, cannot be read.`,
      'Check the path and its rights.',
      { cause },
    );
  }
}

function mayTryTheOtherWay(error: unknown): boolean {
  return (error instanceof Error && error.message === NO_TLS_HERE) || errorCode(error) === REFUSED_BY_HBA;
}

/** Drops the connection at once: the server rolls back what it has not committed. */
export function abandon(client: Client): void {
  const { connection } = client as Client & { connection?: { stream?: { destroy(): void } } };
  connection?.stream?.destroy();
}
