import { Failure } from '../model/failure.ts';
import { type Conninfo, ConninfoError, parseConninfo, shown } from './conninfo.ts';
import { readService } from './service-file.ts';
import type { Environment } from './user-files.ts';

/** The keywords that this tool goes by, each with libpq's variable (libpq 18: PQconninfoOptions). */
const HONOURED: Readonly<Record<string, string | null>> = {
  host: 'PGHOST',
  hostaddr: 'PGHOSTADDR',
  port: 'PGPORT',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  passfile: 'PGPASSFILE',
  dbname: 'PGDATABASE',
  options: 'PGOPTIONS',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  sslmode: 'PGSSLMODE',
  sslnegotiation: 'PGSSLNEGOTIATION',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslpassword: null,
  sslcertmode: 'PGSSLCERTMODE',
  sslcrl: 'PGSSLCRL',
  sslcrldir: 'PGSSLCRLDIR',
  sslsni: 'PGSSLSNI',
  ssl_min_protocol_version: 'PGSSLMINPROTOCOLVERSION',
  ssl_max_protocol_version: 'PGSSLMAXPROTOCOLVERSION',
  channel_binding: 'PGCHANNELBINDING',
  require_auth: 'PGREQUIREAUTH',
  requirepeer: 'PGREQUIREPEER',
  gssencmode: 'PGGSSENCMODE',
  min_protocol_version: 'PGMINPROTOCOLVERSION',
  replication: null,
};

/** Keywords that change nothing for a session of this tool: it names itself, writes UTF-8 and knows no Kerberos. */
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
  'load_balance_hosts',
  'krbsrvname',
  'gsslib',
  'gssdelegation',
  'max_protocol_version',
]);

/** Keywords of libpq that this tool cannot follow, with what it takes instead. */
const REFUSED: Readonly<Record<string, string>> = {
  scram_client_key: 'Use a password instead.',
  scram_server_key: 'Use a password instead.',
  oauth_issuer: 'Use a password or a certificate instead.',
  oauth_client_id: 'Use a password or a certificate instead.',
  oauth_client_secret: 'Use a password or a certificate instead.',
  oauth_scope: 'Use a password or a certificate instead.',
  sslkeylogfile: 'Leave it out.',
};

/** What a keyword's value stands in, as a message names it: the option, a service or a variable. */
export type WhereFrom = (keyword: string) => string;

/** What a connection goes by. */
export interface Parameters {
  readonly given: Conninfo;
  readonly where: WhereFrom;
}

/**
 * Everything that a connection gets: the string itself, then its service, then the `PG*` variables
 * (libpq: conninfo_add_defaults). An empty variable counts as none.
 * @param option how the user names the string, for messages
 * @throws Failure of code `usage`
 */
export function readParameters(
  conninfo: string | null,
  option: string,
  environment: Environment,
): Parameters {
  const given = new Map(conninfo === null ? [] : parse(conninfo, option));
  refuseUnknown(given, option, conninfo ?? '');
  const service = given.get('service') ?? environment.PGSERVICE ?? '';
  const described: Conninfo = service === '' ? new Map() : readService(service, environment);
  refuseUnknown(described, `The service "${service}"`, '');
  const variables = fromEnvironment(environment);
  return {
    given: new Map([
      ...[...variables].map(([keyword, { value }]) => [keyword, value] as const),
      ...described,
      ...given,
    ]),
    where: (keyword) => {
      if (given.has(keyword)) return option;
      if (described.has(keyword)) return `The service "${service}"`;
      return variables.get(keyword)?.variable ?? option;
    },
  };
}

function fromEnvironment(environment: Environment): ReadonlyMap<string, { value: string; variable: string }> {
  const found = new Map<string, { value: string; variable: string }>();
  if (environment.PGREQUIRESSL?.startsWith('1'))
    found.set('sslmode', { value: 'require', variable: 'PGREQUIRESSL' });
  for (const [keyword, variable] of Object.entries(HONOURED)) {
    const value = variable === null ? undefined : environment[variable];
    if (variable !== null && value) found.set(keyword, { value, variable });
  }
  return found;
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

function refuseUnknown(given: Conninfo, where: string, text: string): void {
  for (const keyword of given.keys()) {
    if (keyword in HONOURED || WITHOUT_EFFECT.has(keyword) || keyword === 'service') continue;
    const remedy = REFUSED[keyword];
    throw new Failure(
      'usage',
      remedy === undefined
        ? `${where} has ${shown(keyword, text)} in it, which this tool does not know.`
        : `${where} has ${keyword} in it, which this tool cannot follow.`,
      remedy ?? 'Leave it out.',
    );
  }
}
