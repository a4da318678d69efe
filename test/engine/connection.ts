import { homedir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';

/** What `task.database_connection` asks for. */
export interface Target {
  /** To be tried one after the other. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly user: string;
  readonly password: string | undefined;
  /** Where it stands if it is not given. */
  readonly passwordFile: string | undefined;
  readonly database: string;
  readonly ssl: pg.ClientConfig['ssl'];
  readonly connectSeconds: number;
  /** Everything else goes to the server as run-time parameters, which refuses those it does not know. */
  readonly parameters: Readonly<Record<string, string>>;
}

// Read by the client; of these the stand-in uses only what `targetOf` picks out.
const OF_THE_CLIENT = new Set(
  `host port user password passfile dbname database connect_timeout sslmode sslkey sslcert sslrootcert sslpassword
   sslsni sslnegotiation krbsrvname krbspn target_session_attrs service servicefile channel_binding require_auth
   min_protocol_version max_protocol_version`.split(/\s+/),
);

type Keywords = Readonly<Record<string, string>>;

/** Takes `keyword = value` pairs apart; a value in quotes may hold blanks, a backslash escapes. */
function keywordsOfPairs(text: string): Keywords {
  const keywords: Record<string, string> = {};
  const pair = /\s*([^\s=]+)\s*=\s*(?:'((?:[^'\\]|\\[\s\S])*)'|((?:[^\s\\]|\\[\s\S])*))\s*/y;
  while (pair.lastIndex < text.length) {
    const [, name, quoted, bare] = pair.exec(text) ?? [];
    if (name === undefined) throw new Error('the connection string is not one of keywords and values');
    keywords[name] = (quoted ?? bare ?? '').replace(/\\([\s\S])/g, '$1');
  }
  return keywords;
}

/** Takes `postgresql://user:password@host:port,host:port/database?keyword=value` apart. */
function keywordsOfUri(uri: string): Keywords {
  const parts = /^postgres(?:ql)?:\/\/(?:([^:@/?]*)(?::([^@/?]*))?@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/.exec(
    uri,
  );
  if (!parts) throw new Error('the connection string is not a URI');
  const [, user, password, places, database, query] = parts.map((part) => part && decodeURIComponent(part));
  const keywords: Record<string, string> = {};
  const split = (places ?? '').split(',').map((place) => /^(.*?)(?::(\d*))?$/.exec(place) ?? []);
  if (places) keywords.host = split.map(([, host]) => host ?? '').join(',');
  if (split.some(([, , port]) => port)) keywords.port = split.map(([, , port]) => port ?? '').join(',');
  if (user) keywords.user = user;
  if (password) keywords.password = password;
  if (database) keywords.dbname = database;
  for (const [name, value] of new URLSearchParams(query)) keywords[name] = value;
  return keywords;
}

// The stand-in reads no service file: asking for one fails as it does where there is none.
function refuseService(keywords: Keywords): void {
  if (keywords.service === undefined) return;
  throw new Error(`no service file ${keywords.servicefile ?? join(homedir(), '.pg_service.conf')}`);
}

/**
 * Reads a connection string in either form.
 * @param env stands in for the PG* variables that the string leaves open
 */
export function targetOf(connection: string, env: NodeJS.ProcessEnv = {}): Target {
  const keywords = /^postgres(ql)?:\/\//.test(connection)
    ? keywordsOfUri(connection)
    : keywordsOfPairs(connection);
  refuseService(keywords);
  const ports = (keywords.port ?? env.PGPORT ?? '5432').split(',');
  const user = keywords.user ?? env.PGUSER ?? 'postgres';
  const sslmode = keywords.sslmode ?? env.PGSSLMODE ?? 'prefer';
  return {
    hosts: (keywords.host ?? env.PGHOST ?? 'localhost')
      .split(',')
      .map((host, i) => ({ host, port: Number(ports[i] || ports[0] || '5432') })),
    user,
    password: keywords.password ?? env.PGPASSWORD,
    passwordFile: keywords.passfile ?? env.PGPASSFILE,
    database: keywords.dbname ?? keywords.database ?? env.PGDATABASE ?? user,
    // A socket is never encrypted; `prefer` and `allow` are content without.
    ssl: /^(require|verify)/.test(sslmode) &&
      !keywords.host?.startsWith('/') && { rejectUnauthorized: false },
    connectSeconds: Number(keywords.connect_timeout ?? '0'),
    parameters: Object.fromEntries(Object.entries(keywords).filter(([name]) => !OF_THE_CLIENT.has(name))),
  };
}
