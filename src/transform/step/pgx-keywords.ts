import type { TargetTraits } from '../context.ts';

/** What becomes of a libpq keyword in the connection string that pg_timetable's driver (Go's pgx) reads. */
export type KeywordRule =
  | { readonly kind: 'keep' }
  /** Read on pg_timetable's machine. */
  | { readonly kind: 'keep-file' }
  | {
      readonly kind: 'keep-if';
      readonly known: (target: TargetTraits) => boolean;
      readonly lost: string;
      readonly weakens: boolean;
    }
  | { readonly kind: 'rename'; readonly to: string; readonly note: string }
  /** pgAgent itself leaves it out, so nothing changes. */
  | { readonly kind: 'unused' }
  | { readonly kind: 'drop'; readonly lost: string; readonly weakens: boolean }
  /** Nothing in pgx stands for it, and the connection depends on it. */
  | { readonly kind: 'refuse' };

const keep: KeywordRule = { kind: 'keep' };
const file: KeywordRule = { kind: 'keep-file' };
const unused: KeywordRule = { kind: 'unused' };
const drop = (lost: string): KeywordRule => ({ kind: 'drop', lost, weakens: false });
const weaken = (lost: string): KeywordRule => ({ kind: 'drop', lost, weakens: true });
const refuse: KeywordRule = { kind: 'refuse' };
const sinceSeven = (lost: string, weakens: boolean): KeywordRule => ({
  kind: 'keep-if',
  known: (target) => target.hasTaskLive,
  lost,
  weakens,
});

const KEEPALIVES = "the driver's own keepalives are used";
const GSS = 'the driver does not encrypt by GSSAPI';
const PROTOCOL = "the driver's own limits on the TLS version are used";
const REVOKED = 'revoked certificates are not looked up';

/**
 * libpq's keywords. Each that pgx does not know would go to the server as a run-time parameter and the
 * connection would fail (recorded: probes `connection-*`). pgAgent leaves out libpq's debug options (connection.cpp, CONNinfo::Parse).
 */
const RULES: Readonly<Record<string, KeywordRule>> = {
  host: keep,
  port: keep,
  user: keep,
  password: keep,
  dbname: keep,
  connect_timeout: keep,
  sslmode: keep,
  sslpassword: keep,
  sslsni: keep,
  krbsrvname: keep,
  target_session_attrs: keep,
  application_name: keep,
  options: keep,
  client_encoding: keep,
  passfile: file,
  service: file,
  // Of libpq since 19.
  servicefile: file,
  sslcert: file,
  sslkey: file,
  sslrootcert: file,
  sslnegotiation: {
    kind: 'keep-if',
    known: (target) => target.knowsSslNegotiation,
    lost: 'TLS is negotiated as usual',
    weakens: false,
  },
  channel_binding: sinceSeven('channel binding is not asked for', false),
  require_auth: sinceSeven('any way of authentication is accepted', true),
  min_protocol_version: sinceSeven('the driver chooses the protocol version', false),
  max_protocol_version: sinceSeven('the driver chooses the protocol version', false),
  hostaddr: { kind: 'rename', to: 'host', note: 'the address stands as the host' },
  fallback_application_name: { kind: 'rename', to: 'application_name', note: 'it is the application name' },
  keepalives: drop(KEEPALIVES),
  keepalives_idle: drop(KEEPALIVES),
  keepalives_interval: drop(KEEPALIVES),
  keepalives_count: drop(KEEPALIVES),
  tcp_user_timeout: drop('the operating system decides when a silent connection is given up'),
  gssencmode: drop(GSS),
  gsslib: drop(GSS),
  gssdelegation: drop('credentials are not delegated'),
  sslcompression: drop('TLS compression is off'),
  load_balance_hosts: drop('hosts are tried in their order'),
  sslcertmode: drop('a client certificate is sent if there is one'),
  sslcrl: weaken(REVOKED),
  sslcrldir: weaken(REVOKED),
  requirepeer: weaken("the server process's owner is not checked"),
  ssl_min_protocol_version: weaken(PROTOCOL),
  ssl_max_protocol_version: weaken(PROTOCOL),
  replication: unused,
  authtype: unused,
  tty: unused,
  sslkeylogfile: unused,
  scram_client_key: refuse,
  scram_server_key: refuse,
  oauth_issuer: refuse,
  oauth_client_id: refuse,
  oauth_client_secret: refuse,
  oauth_scope: refuse,
};

/** What a value of a keyword makes of the keyword's rule. */
const OF_VALUE: Readonly<Record<string, KeywordRule>> = {
  // libpq alone knows this value: it asks the client's locale.
  'client_encoding=auto': drop('the text comes as UTF-8'),
  'gssencmode=require': weaken(GSS),
  'sslcertmode=require': weaken('a client certificate is not insisted on'),
  'channel_binding=require': sinceSeven('channel binding is not asked for', true),
};

/** The rule for a keyword with its value; null where libpq does not know the keyword. */
export function keywordRule(keyword: string, value: string): KeywordRule | null {
  // libpq waits for ever then; pgx refuses the whole string.
  if (keyword === 'connect_timeout' && /^ *-/.test(value))
    return drop('the driver waits as long as it takes');
  const ofValue = OF_VALUE[`${keyword}=${value}`];
  if (ofValue) return ofValue;
  return Object.hasOwn(RULES, keyword) ? (RULES[keyword] ?? null) : null;
}
