import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { type Conninfo, ConninfoError, parseConninfo, SSL_MODES, type SslMode, shown } from './conninfo.ts';

/** Where to connect to and how, with nothing left to a default. */
export interface Endpoint {
  /** A host, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** null: asked of ~/.pgpass */
  readonly password: string | null;
  readonly database: string;
  readonly sslMode: SslMode;
  readonly sslRootCert: string | null;
  readonly sslCert: string | null;
  readonly sslKey: string | null;
  readonly connectTimeoutSeconds: number;
  /** Command-line options for the server process. */
  readonly options: string | null;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const FROM_ENVIRONMENT: Readonly<Record<string, string>> = {
  host: 'PGHOST',
  hostaddr: 'PGHOSTADDR',
  port: 'PGPORT',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  dbname: 'PGDATABASE',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  options: 'PGOPTIONS',
  service: 'PGSERVICE',
};

/** Keywords that change nothing for a session of this tool. */
const WITHOUT_EFFECT = new Set([
  'application_name',
  'fallback_application_name',
  'client_encoding',
  'keepalives',
  'keepalives_idle',
  'keepalives_interval',
  'keepalives_count',
  'tcp_user_timeout',
  'sslcompression',
  'sslsni',
  'load_balance_hosts',
]);

const SOCKET_FOLDERS = ['/var/run/postgresql', '/tmp'];
const DEFAULT_PORT = 5432;

/**
 * Reads a connection string as psql would, the `PG*` environment filling in what it leaves out.
 * @param option how the user names it, for messages
 * @throws Failure of code `usage`
 */
export function readEndpoint(conninfo: string | null, option: string, environment: Environment): Endpoint {
  const given = new Map(conninfo === null ? [] : parse(conninfo, option));
  for (const [keyword, variable] of Object.entries(FROM_ENVIRONMENT)) {
    const value = environment[variable];
    if (value && !given.has(keyword)) given.set(keyword, value);
  }
  refuseUnsupported(given, option, conninfo ?? '');
  const port = number(given.get('port') ?? String(DEFAULT_PORT), 'port', option);
  if (port < 1 || port > 65_535)
    throw new Failure('usage', `${option} has a port that does not exist.`, 'Ports go from 1 to 65535.');
  if (given.get('host')?.includes('@')) {
    throw new Failure(
      'usage',
      `${option} has one @ too many.`,
      'In a URI write %40 for an @ in the password.',
    );
  }
  const user = given.get('user') ?? userInfo().username;
  return {
    host: given.get('hostaddr') ?? given.get('host') ?? defaultHost(port),
    port,
    user,
    password: given.get('password') ?? null,
    database: given.get('dbname') ?? user,
    sslMode: sslMode(given.get('sslmode') ?? 'prefer', option),
    sslRootCert: given.get('sslrootcert') ?? null,
    sslCert: given.get('sslcert') ?? null,
    sslKey: given.get('sslkey') ?? null,
    connectTimeoutSeconds: number(given.get('connect_timeout') ?? '10', 'connect_timeout', option),
    options: given.get('options') ?? null,
  };
}

function parse(conninfo: string, option: string): Conninfo {
  try {
    return parseConninfo(conninfo);
  } catch (error) {
    if (!(error instanceof ConninfoError)) throw error;
    throw new Failure(
      'usage',
      `${option} is no connection string: ${error.message}.`,
      'Write "host=db1 dbname=app user=me" or "postgresql://me@db1/app".',
    );
  }
}

function refuseUnsupported(given: Conninfo, option: string, text: string): void {
  const known = new Set([...Object.keys(FROM_ENVIRONMENT), ...WITHOUT_EFFECT]);
  known.delete('service');
  const unknown = [...given.keys()].find((keyword) => !known.has(keyword));
  if (unknown === 'service') {
    throw new Failure(
      'usage',
      'Service files (service=, PGSERVICE) are not read yet.',
      `Write host, port, user and dbname into ${option}.`,
    );
  }
  if (unknown === 'passfile') {
    throw new Failure('usage', `passfile= in ${option} is not read.`, 'Name the file by PGPASSFILE.');
  }
  if (unknown !== undefined) {
    throw new Failure(
      'usage',
      `${option} has ${shown(unknown, text)} in it, which this tool does not know.`,
      'Leave it out.',
    );
  }
  if (/,/.test(`${given.get('host') ?? ''}${given.get('port') ?? ''}`)) {
    throw new Failure('usage', `${option} names several hosts.`, 'Name the one that the jobs are on.');
  }
}

function number(text: string, keyword: string, option: string): number {
  if (/^\d{1,5}$/.test(text.trim())) return Number(text);
  throw new Failure(
    'usage',
    `${option} has a ${keyword} that is no number.`,
    `Write ${keyword}=5432, for instance.`,
  );
}

function sslMode(text: string, option: string): SslMode {
  const mode = SSL_MODES.find((known) => known === text);
  if (mode) return mode;
  throw new Failure(
    'usage',
    `${option} has an sslmode that does not exist.`,
    `It is one of ${SSL_MODES.join(', ')}.`,
  );
}

function defaultHost(port: number): string {
  const folder = SOCKET_FOLDERS.find((candidate) => existsSync(join(candidate, `.s.PGSQL.${port}`)));
  return folder ?? 'localhost';
}
