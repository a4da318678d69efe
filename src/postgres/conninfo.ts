/** A connection string taken apart: libpq's keywords and their values, each keyword once. */
export type Conninfo = ReadonlyMap<string, string>;

/** A connection string that libpq would not read. The message never repeats a value. */
export class ConninfoError extends Error {
  override readonly name = 'ConninfoError';
}

/** The values of sslmode that libpq has. */
export const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof SSL_MODES)[number];

/** Far beyond any that is meant. */
const LONGEST = 100_000;

const URI = /^postgres(?:ql)?:\/\//;

/**
 * Reads a connection string in either of libpq's two forms (libpq: conninfo_parse, conninfo_uri_parse).
 * @throws ConninfoError
 */
export function parseConninfo(text: string): Conninfo {
  if (text.length > LONGEST) throw new ConninfoError(`it has more than ${LONGEST} characters`);
  return URI.test(text) ? parseUri(text.replace(URI, '')) : parseKeywords(text);
}

/** Writes keyword/value form; a value is quoted where it must be, with libpq's escapes. */
export function formatConninfo(conninfo: Iterable<readonly [string, string]>): string {
  return [...conninfo].map(([keyword, value]) => `${keyword}=${quote(value)}`).join(' ');
}

/** Whether a value cannot stand in a connection string without quotes. */
export function needsQuotes(value: string): boolean {
  return value === '' || /[ \t\n\r\f\v'\\]/.test(value);
}

function quote(value: string): string {
  return needsQuotes(value) ? `'${value.replace(/['\\]/g, '\\$&')}'` : value;
}

// libpq knows ASCII's blanks only.
const PAIR =
  /[ \t\n\r\f\v]*([^= \t\n\r\f\v]+)[ \t\n\r\f\v]*(=?)[ \t\n\r\f\v]*(?:'((?:[^'\\]|\\[\s\S])*)(')?|((?:[^\\ \t\n\r\f\v]|\\(?:[\s\S]|$))*))/y;

function parseKeywords(text: string): Conninfo {
  const found = new Map<string, string>();
  const end = text.replace(/[ \t\n\r\f\v]+$/, '').length;
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < end) {
    const match = PAIR.exec(text);
    if (match === null) throw new ConninfoError('a keyword is missing before "="');
    const [, keyword = '', equals, quoted, closing, bare] = match;
    if (equals === '') throw new ConninfoError('"=" is missing after a keyword');
    if (quoted !== undefined && closing === undefined) {
      throw new ConninfoError('a quoted value does not end');
    }
    store(found, keyword, (quoted ?? bare ?? '').replace(/\\([\s\S]|$)/g, '$1'));
  }
  return found;
}

// libpq (conninfo_storeval) still reads this old keyword.
function store(found: Map<string, string>, keyword: string, value: string): void {
  if (keyword === 'requiressl') found.set('sslmode', value.startsWith('1') ? 'require' : 'prefer');
  else found.set(keyword, value);
}

/** A keyword for a message: what stands where a keyword should be may be the rest of a password with a blank in it. */
export function shown(keyword: string, conninfo: string): string {
  return /^[a-z_]{1,40}$/i.test(keyword) && !/pass/i.test(conninfo) ? `"${keyword}"` : 'a keyword';
}

function parseUri(text: string): Conninfo {
  const found = new Map<string, string>();
  const put = (keyword: string, value: string): void => {
    if (value !== '') found.set(keyword, value);
  };
  const [, user, password, afterUser = text] = /^([^@/:]*)(?::([^@/]*))?@([\s\S]*)$/.exec(text) ?? [];
  put('user', decode(user ?? ''));
  put('password', decode(password ?? ''));
  const [, netloc = '', database = '', query = ''] =
    /^([^/?]*)(?:\/([^?]*))?(?:\?([\s\S]*))?$/.exec(afterUser) ?? [];
  if (netloc.includes('@') || database.includes('@')) {
    throw new ConninfoError('an @ stands too far behind: in a password write %40 for @ and %2F for /');
  }
  const hosts = netloc.split(',').map(parseHost);
  put('host', decode(hosts.map(({ host }) => host).join(',')));
  put('port', decode(hosts.map(({ port }) => port).join(',')));
  put('dbname', decode(database));
  // An & at the very end is none too many, any other is.
  for (const parameter of query === '' ? [] : query.replace(/&$/, '').split('&')) {
    const [, keyword, value] = /^([^=]+)=([^=]*)$/.exec(parameter) ?? [];
    if (keyword === undefined || value === undefined) {
      throw new ConninfoError('a parameter behind "?" is not name=value');
    }
    // libpq reads JDBC's ssl=true too.
    if (keyword === 'ssl' && value === 'true') found.set('sslmode', 'require');
    else store(found, decode(keyword), decode(value));
  }
  return found;
}

function parseHost(text: string): { host: string; port: string } {
  const [, bracketed, named, port] = /^(?:\[([^\]]+)\]|([^:[][^:]*|))(?::([\s\S]*))?$/.exec(text) ?? [];
  const host = bracketed ?? named;
  if (host === undefined) throw new ConninfoError('the host in the URI cannot be read');
  return { host, port: port ?? '' };
}

function decode(text: string): string {
  if (text.includes('%00')) throw new ConninfoError('"%00" in the URI stands for no character');
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ConninfoError('a "%" in the URI is not followed by two hexadecimal digits of UTF-8 text');
  }
}
