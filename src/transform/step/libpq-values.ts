import { type Conninfo, parseConninfo, SSL_MODES, shown } from '../../postgres/conninfo.ts';
import { keywordRule } from './pgx-keywords.ts';

/** The values that libpq takes of keywords that have a few. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  sslmode: SSL_MODES,
  channel_binding: ['disable', 'prefer', 'require'],
  gssencmode: ['disable', 'prefer', 'require'],
  load_balance_hosts: ['disable', 'random'],
  sslcertmode: ['disable', 'allow', 'require'],
  sslnegotiation: ['postgres', 'direct'],
  target_session_attrs: ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'],
};

const LARGEST_INTEGER = 2_147_483_647;
const LARGEST_PORT = 65_535;

/**
 * A connection string for pg_timetable's driver, its numbers written plainly.
 * @throws ConninfoError
 */
export function readStepConninfo(text: string): Conninfo {
  return new Map([...parseConninfo(text)].map(([keyword, value]) => [keyword, plainNumber(keyword, value)]));
}

// libpq reads ASCII's blanks and a plus around a number; pgx does not.
function plainNumber(keyword: string, value: string): string {
  if (keyword === 'port') return value.split(',').map(bare).join(',');
  return keyword === 'connect_timeout' ? bare(value) : value;
}

function bare(number: string): string {
  return number.replace(/^[ \t\n\r\f\v]*(?:\+(?=\d))?(-?\d+)[ \t\n\r\f\v]*$/, '$1');
}

/** Why libpq or pgx would not connect with this, whatever the server; null where nothing is known against it. */
export function whatStopsConnecting(given: Conninfo, text: string): string | null {
  return unknownKeyword(given, text) ?? badChoice(given) ?? badNumber(given) ?? badHost(given);
}

function unknownKeyword(given: Conninfo, text: string): string | null {
  for (const [keyword, value] of given) {
    const rule = keywordRule(keyword, value);
    if (rule === null) return `libpq does not know ${shown(keyword, text)} in it`;
    if (rule.kind === 'refuse') return `nothing in pg_timetable's driver stands for ${keyword}`;
  }
  return null;
}

function badChoice(given: Conninfo): string | null {
  for (const [keyword, choices] of Object.entries(CHOICES)) {
    const value = given.get(keyword) ?? '';
    if (value !== '' && !choices.includes(value)) return `its ${keyword} does not exist`;
  }
  return null;
}

function badNumber(given: Conninfo): string | null {
  const timeout = given.get('connect_timeout') ?? '';
  if (timeout !== '' && !isInteger(timeout)) return 'its connect_timeout is no number';
  const ports = given.get('port')?.split(',') ?? [];
  if (!ports.every((port) => port === '' || isPort(port))) return 'its port is no port';
  const hosts = hostsOf(given).length;
  if (ports.length <= 1 || ports.length === hosts) return null;
  return `it has ${ports.length} ports for ${hosts === 1 ? '1 host' : `${hosts} hosts`}`;
}

function isInteger(text: string): boolean {
  return /^-?\d+$/.test(text) && Math.abs(Number(text)) <= LARGEST_INTEGER;
}

function isPort(text: string): boolean {
  return /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= LARGEST_PORT;
}

function badHost(given: Conninfo): string | null {
  const names = given.get('host')?.split(',') ?? [];
  const addresses = given.get('hostaddr')?.split(',') ?? [];
  if (
    addresses.length > 0 &&
    names.length > 0 &&
    given.get('host') !== '' &&
    addresses.length !== names.length
  )
    return 'its hosts and its addresses are not as many';
  if (
    !addresses.every(
      (address) => address === '' || /^(?:\d+(?:\.\d+){3}|[\da-f.]*:[\da-f:.]*(?:%.+)?)$/i.test(address),
    )
  )
    return 'its hostaddr is no address';
  const hosts = hostsOf(given);
  if (hosts.length > 1 && hosts.includes(''))
    return "one of its hosts is left out, which means the Unix socket of pgAgent's machine";
  // libpq alone knows this.
  if (hosts.some((host) => host.startsWith('@'))) return 'its host is an abstract Unix socket';
  return null;
}

/** Where libpq connects to, one after the other: an address beats the name that it belongs to, and an empty one leaves it. */
export function hostsOf(given: Conninfo): readonly string[] {
  const names = given.get('host')?.split(',') ?? [''];
  const addresses = given.get('hostaddr') || null;
  if (addresses === null) return names;
  return addresses.split(',').map((address, index) => address || (names[index] ?? ''));
}
