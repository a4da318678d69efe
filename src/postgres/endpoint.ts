import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../model/failure.ts';
import { choice } from './choice.ts';
import type { Conninfo } from './conninfo.ts';
import { readParameters, type WhereFrom } from './parameters.ts';
import { SOCKET_FOLDERS } from './password-file.ts';
import { type AllowedMethods, readRequiredAuthentication } from './required-authentication.ts';
import { readTlsSettings, type TlsSettings } from './tls-settings.ts';
import { type Environment, userFile } from './user-files.ts';

export type { Environment } from './user-files.ts';

const SESSION_ATTRIBUTES = [
  'any',
  'read-write',
  'read-only',
  'primary',
  'standby',
  'prefer-standby',
] as const;
export type SessionAttributes = (typeof SESSION_ATTRIBUTES)[number];

/** Where to connect to and how, with nothing left to a default. */
export interface Endpoint {
  /** A host, an address, or the folder of a Unix socket: what certificates and password files know it by. */
  readonly host: string;
  /** Where the connection goes to instead, or null (hostaddr). */
  readonly address: string | null;
  readonly port: number;
  readonly user: string;
  /** null: asked of the password file */
  readonly password: string | null;
  readonly passwordFile: string;
  readonly database: string;
  readonly tls: TlsSettings;
  readonly channelBinding: 'disable' | 'prefer' | 'require';
  readonly allowedMethods: AllowedMethods;
  readonly sessionAttributes: SessionAttributes;
  /** 0: no limit */
  readonly connectTimeoutSeconds: number;
  /** Command-line options for the server process. */
  readonly options: string | null;
}

const DEFAULT_PORT = 5432;
const DEFAULT_TIMEOUT_SECONDS = 10;
// libpq waits at least as long, so that rounding does not end a connection at once.
const SHORTEST_TIMEOUT_SECONDS = 2;
// Node's timers hold no more milliseconds than 31 bits.
const LONGEST_TIMEOUT_SECONDS = 2_000_000;

/**
 * Reads a connection string as psql would; its service and the `PG*` environment fill in what it leaves out.
 * @param option how the user names it, for messages
 * @throws Failure of code `usage`
 */
export function readEndpoint(conninfo: string | null, option: string, environment: Environment): Endpoint {
  const { given, where } = readParameters(conninfo, option, environment);
  refuseHosts(given, where);
  const port = number(given.get('port') || String(DEFAULT_PORT), 'port', where);
  if (port < 1 || port > 65_535)
    throw new Failure(
      'usage',
      `${where('port')} has a port that does not exist.`,
      'Ports go from 1 to 65535.',
    );
  const user = given.get('user') || userInfo().username;
  const address = given.get('hostaddr') || null;
  const host = given.get('host') || address || defaultHost(port);
  refuseWhatCannotBeKept(given, address === null && host.startsWith('/'), where);
  return {
    host,
    address,
    port,
    user,
    password: given.get('password') || null,
    passwordFile: given.get('passfile') || userFile(environment, '.pgpass', 'pgpass.conf'),
    database: given.get('dbname') || user,
    tls: readTlsSettings(given, where, environment),
    channelBinding: choice(
      given,
      'channel_binding',
      ['disable', 'prefer', 'require'] as const,
      'prefer',
      where,
    ),
    allowedMethods: readRequiredAuthentication(given.get('require_auth') ?? '', where('require_auth')),
    sessionAttributes: choice(given, 'target_session_attrs', SESSION_ATTRIBUTES, 'any', where),
    connectTimeoutSeconds: connectTimeout(given.get('connect_timeout') ?? '', where),
    options: given.get('options') || null,
  };
}

/** Whether the connection is made by a Unix socket, where libpq passes sslmode over. */
export function isBySocket({ host, address }: Endpoint): boolean {
  return address === null && host.startsWith('/');
}

function refuseHosts(given: Conninfo, where: WhereFrom): void {
  const host = given.get('host') ?? '';
  const several = ['host', 'hostaddr', 'port'].find((keyword) => given.get(keyword)?.includes(','));
  if (several !== undefined)
    throw new Failure(
      'usage',
      `${where(several)} names several hosts.`,
      'Name the one that the jobs are on.',
    );
  if (host.startsWith('@')) {
    throw new Failure(
      'usage',
      `${where('host')} names an abstract Unix socket, which this tool cannot open.`,
      'Name the folder of the socket, or a host.',
    );
  }
  if (host.includes('@')) {
    throw new Failure(
      'usage',
      `${where('host')} has one @ too many.`,
      'In a URI write %40 for an @ in the password.',
    );
  }
  const address = given.get('hostaddr') ?? '';
  if (address !== '' && isIP(address) === 0)
    throw new Failure(
      'usage',
      `${where('hostaddr')} has a hostaddr that is no address.`,
      'Write hostaddr=10.0.0.1, for instance.',
    );
}

/** Refuses what asks for more than this tool can see to. */
function refuseWhatCannotBeKept(given: Conninfo, isSocket: boolean, where: WhereFrom): void {
  const refuse = (keyword: string, what: string, remedy: string): never => {
    throw new Failure('usage', `${where(keyword)}: ${what}.`, remedy);
  };
  if (choice(given, 'gssencmode', ['disable', 'prefer', 'require'] as const, 'prefer', where) === 'require')
    refuse(
      'gssencmode',
      'encryption by Kerberos (gssencmode=require) is not known to this tool',
      'Use TLS: sslmode=require.',
    );
  if (isSocket && given.get('requirepeer'))
    refuse(
      'requirepeer',
      'requirepeer cannot be checked by this tool',
      'Leave it out, or connect by host name with TLS.',
    );
  if (!/^(?:|0|off?|no?|f(?:alse)?)$/i.test(given.get('replication') ?? ''))
    refuse(
      'replication',
      'a replication connection does not run what this tool sends',
      'Leave replication out.',
    );
  if (!['', '3.0'].includes(given.get('min_protocol_version') ?? ''))
    refuse(
      'min_protocol_version',
      'this tool speaks version 3.0 of the protocol only',
      'Leave min_protocol_version out.',
    );
}

function number(text: string, keyword: string, where: WhereFrom): number {
  if (/^[ \t\n\r\f\v]*[+-]?\d{1,9}[ \t\n\r\f\v]*$/.test(text)) return Number(text);
  throw new Failure(
    'usage',
    `${where(keyword)} has a ${keyword} that is no number.`,
    `Write ${keyword}=5432, for instance.`,
  );
}

function connectTimeout(text: string, where: WhereFrom): number {
  if (text === '') return DEFAULT_TIMEOUT_SECONDS;
  const seconds = number(text, 'connect_timeout', where);
  return seconds <= 0 ? 0 : Math.min(Math.max(seconds, SHORTEST_TIMEOUT_SECONDS), LONGEST_TIMEOUT_SECONDS);
}

function defaultHost(port: number): string {
  const folder = SOCKET_FOLDERS.find((candidate) => existsSync(join(candidate, `.s.PGSQL.${port}`)));
  return folder ?? 'localhost';
}
