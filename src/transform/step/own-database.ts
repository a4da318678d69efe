import type { Conninfo } from '../../postgres/conninfo.ts';
import type { TargetTraits } from '../context.ts';
import { hostsOf } from './libpq-values.ts';

/** Keywords that say how to get there, and nothing of the session that one finds oneself in. */
const ON_THE_WAY = new Set([
  ...['host', 'hostaddr', 'port', 'user', 'dbname', 'password', 'passfile', 'connect_timeout'],
  ...[
    'application_name',
    'fallback_application_name',
    'keepalives',
    'keepalives_idle',
    'keepalives_interval',
  ],
  ...[
    'keepalives_count',
    'tcp_user_timeout',
    'sslmode',
    'sslnegotiation',
    'sslcompression',
    'sslcert',
    'sslkey',
  ],
  ...[
    'sslcertmode',
    'sslpassword',
    'sslrootcert',
    'sslcrl',
    'sslcrldir',
    'sslsni',
    'requirepeer',
    'require_auth',
  ],
  ...['min_protocol_version', 'max_protocol_version', 'ssl_min_protocol_version', 'ssl_max_protocol_version'],
  ...[
    'channel_binding',
    'gssencmode',
    'krbsrvname',
    'gsslib',
    'gssdelegation',
    'load_balance_hosts',
    'replication',
  ],
]);

const DEFAULT_PORT = 5432;

/** Whether the server behind such a host depends on the machine that one asks on. */
export function isLoopback(host: string): boolean {
  return (
    /^(?:localhost6?|(?:.+\.)?localhost(?:\.localdomain)?|ip6-(?:localhost|loopback))\.?$/i.test(host) ||
    /^(?:::ffff:)?127(?:\.\d+){1,3}$/i.test(host) ||
    /^(?:0*:)+(?:0*1)?$/.test(host) ||
    /^0+(?:\.0+){0,3}$/.test(host) ||
    isSocket(host)
  );
}

/** The folder of a Unix socket. */
export function isSocket(host: string): boolean {
  return /^(?:\/|[A-Z]:\\)/.test(host);
}

/**
 * Whether a step's own connection is one that pg_timetable has anyway: the very host, port, database and role of the target, and
 * nothing that would change the session. A loopback proves nothing: whose machine is meant is not known.
 */
export function isOwnDatabase(conninfo: Conninfo, { database, endpoint }: TargetTraits): boolean {
  const [host = '', ...others] = hostsOf(conninfo);
  return (
    others.length === 0 &&
    host !== '' &&
    !isLoopback(host) &&
    host.toLowerCase() === endpoint.host.toLowerCase() &&
    Number(conninfo.get('port') || DEFAULT_PORT) === endpoint.port &&
    conninfo.get('dbname') === database &&
    conninfo.get('user') === endpoint.role &&
    [...conninfo].every(([keyword, value]) => value === '' || isOnTheWay(keyword, value))
  );
}

function isOnTheWay(keyword: string, value: string): boolean {
  // What the driver writes and reads anyway; a database that pg_timetable writes into.
  if (keyword === 'client_encoding') return /^utf-?8$/i.test(value);
  if (keyword === 'target_session_attrs') return /^(?:any|read-write|primary)$/.test(value);
  return ON_THE_WAY.has(keyword);
}
