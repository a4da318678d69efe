import { type Conninfo, ConninfoError, parseConninfo } from '../../postgres/conninfo.ts';
import { keywordRule } from './pgx-keywords.ts';

/** The order in which libpq hands its keywords out, and pgAgent writes them down. */
const ORDER: readonly string[] = [
  ...[
    'service',
    'servicefile',
    'user',
    'password',
    'passfile',
    'channel_binding',
    'connect_timeout',
    'dbname',
  ],
  ...['host', 'hostaddr', 'port', 'client_encoding', 'options', 'application_name'],
  ...[
    'fallback_application_name',
    'keepalives',
    'keepalives_idle',
    'keepalives_interval',
    'keepalives_count',
  ],
  ...['tcp_user_timeout', 'sslmode', 'sslnegotiation', 'sslcompression', 'sslcert', 'sslkey', 'sslcertmode'],
  ...['sslpassword', 'sslrootcert', 'sslcrl', 'sslcrldir', 'sslsni', 'requirepeer', 'require_auth'],
  ...['min_protocol_version', 'max_protocol_version', 'ssl_min_protocol_version', 'ssl_max_protocol_version'],
  ...['gssencmode', 'krbsrvname', 'gsslib', 'gssdelegation', 'target_session_attrs', 'load_balance_hosts'],
];

/** Read as something else, these stopped no connection (measured). */
const HARMLESS = new Set(['application_name', 'fallback_application_name', 'sslsni']);

/**
 * The keywords that pgAgent lost: it takes a string apart and writes keyword=value as they are, without quotes, with the
 * database once more after them (connection.cpp: CONNinfo::Parse and Get, since 4.0).
 */
export function lostByPgAgent(written: Conninfo): readonly string[] {
  const pairs = ORDER.flatMap((keyword) => {
    const value = written.get(keyword);
    return value === undefined ? [] : [[keyword, value] as const];
  });
  const read = readAgain([...pairs, ['dbname', written.get('dbname') ?? '']]);
  if (read === null) return unquotable(pairs);
  const lost = ORDER.filter((keyword) =>
    isLost(keyword, written.get(keyword) ?? '', read.get(keyword) ?? ''),
  );
  const strange = [...read].some(([keyword, value]) => keywordRule(keyword, value) === null);
  return lost.length === 0 && strange ? unquotable(pairs) : lost;
}

function readAgain(pairs: readonly (readonly [string, string])[]): Conninfo | null {
  try {
    return parseConninfo(pairs.map(([keyword, value]) => `${keyword}=${value}`).join(' '));
  } catch (error) {
    if (error instanceof ConninfoError) return null;
    throw error;
  }
}

function isLost(keyword: string, written: string, read: string): boolean {
  if (written === read || HARMLESS.has(keyword)) return false;
  // An empty password took the next keyword for its value, which matters as little as a password does where none is asked for.
  return keyword !== 'password' || written !== '';
}

// Of a text that cannot be read at all.
function unquotable(pairs: readonly (readonly [string, string])[]): readonly string[] {
  const alone = pairs.filter(([keyword, value]) => readAgain([[keyword, value]])?.get(keyword) !== value);
  return alone.map(([keyword]) => keyword);
}
