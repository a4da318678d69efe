import type { StepConnection } from '../../job.ts';
import type { Advisory } from '../../plan.ts';
import {
  type Conninfo,
  ConninfoError,
  formatConninfo,
  needsQuotes,
  parseConninfo,
  SSL_MODES,
  shown,
} from '../../postgres/conninfo.ts';
import {
  connectionCompleted,
  connectionFiles,
  connectionKeyword,
  connectionUnreadable,
  connectionWeakened,
  neverRan,
  stepNeedsConninfo,
  storedPassword,
} from '../advisories/index.ts';
import type { Context, TargetTraits } from '../context.ts';
import { type KeywordRule, keywordRule } from './pgx-keywords.ts';

/** Where a task runs: `connection` null is pg_timetable's own database. */
export type ConnectionFate =
  | {
      readonly kind: 'connects';
      readonly connection: string | null;
      readonly advisories: readonly Advisory[];
    }
  | { readonly kind: 'not-carried'; readonly advisories: readonly Advisory[] };

interface AboutStep {
  readonly stepId: number;
}

/** Turns pgAgent's idea of where a step runs into the text of timetable.task.database_connection. */
export function planConnection(
  connection: StepConnection,
  about: AboutStep,
  context: Context,
): ConnectionFate {
  return connection.kind === 'database'
    ? onAgentServer(connection.name, about, context)
    : byConninfo(connection.conninfo, about, context);
}

// pgAgent (connection.cpp, CONNinfo::Get) takes the agent's own connection string with another database.
function onAgentServer(database: string, about: AboutStep, { target, options }: Context): ConnectionFate {
  const advisories = needsQuotes(database) ? [neverRan(about, 'a database name that needs quotes')] : [];
  if (target.isSourceServer && database === target.database) {
    return { kind: 'connects', connection: null, advisories };
  }
  if (options.stepConninfo === null) {
    return notCarried(stepNeedsConninfo(about, `runs in the database "${database}" on pgAgent's own server`));
  }
  return connects(new Map([...options.stepConninfo, ['dbname', database]]), about, target, advisories);
}

function byConninfo(text: string, about: AboutStep, { target, options }: Context): ConnectionFate {
  const written = read(text);
  if (written instanceof ConninfoError) return notCarried(connectionUnreadable(about, written.message));
  const fault = whatStopsConnecting(written, text);
  if (fault !== null) return notCarried(connectionUnreadable(about, fault));
  const given = new Map([...written].filter(([, value]) => value !== ''));
  const completion = missingFromDefaults(given, options.stepConninfo);
  if (completion === null) {
    const missing = given.has('host') || given.has('hostaddr') ? 'a user' : 'a host';
    return notCarried(stepNeedsConninfo(about, `has a connection string without ${missing}`));
  }
  const quoted = [...written].filter(breaksWithoutQuotes).map(([keyword]) => keyword);
  const advisories =
    quoted.length > 0 ? [neverRan(about, `a value that needs quotes (${quoted.join(', ')})`)] : [];
  const filledIn = [...completion.keys()].filter((keyword) => !given.has(keyword));
  if (filledIn.length > 0) advisories.push(connectionCompleted(about, filledIn));
  return connects(withDatabase(new Map([...completion, ...given])), about, target, advisories);
}

// An empty password, or an empty port, was no obstacle (measured).
function breaksWithoutQuotes([keyword, value]: readonly [string, string]): boolean {
  return needsQuotes(value) && !(value === '' && /^(?:password|port|connect_timeout|sslsni)$/.test(keyword));
}

// pgAgent (CONNinfo::Get) ends the string with "dbname=", which for libpq is the database of the user's name.
function withDatabase(conninfo: Conninfo): Conninfo {
  const user = conninfo.get('user');
  if (conninfo.has('dbname') || conninfo.has('service') || user === undefined) return conninfo;
  return new Map([...conninfo, ['dbname', user]]);
}

/** Why libpq or pgx would not connect with this, whatever the server; null where nothing is known against it. */
export function whatStopsConnecting(given: Conninfo, text: string): string | null {
  for (const [keyword, value] of given) {
    const rule = keywordRule(keyword, value);
    if (rule === null) return `libpq does not know ${shown(keyword, text)} in it`;
    if (rule.kind === 'refuse') return `nothing in pg_timetable's driver stands for ${keyword}`;
  }
  if (!/^ *-?\d* *$/.test(given.get('connect_timeout') ?? '')) return 'its connect_timeout is no number';
  const mode = given.get('sslmode') || 'prefer';
  if (!SSL_MODES.some((known) => known === mode)) return 'its sslmode does not exist';
  const ports = given.get('port')?.split(',') ?? [];
  if (!ports.every((port) => /^ *\d{0,5} *$/.test(port) && Number(port) <= 65_535))
    return 'its port is no port';
  return null;
}

/**
 * A connection string for pg_timetable's driver, its numbers written plainly.
 * @throws ConninfoError
 */
export function readStepConninfo(text: string): Conninfo {
  return new Map([...parseConninfo(text)].map(([keyword, value]) => [keyword, plainNumber(keyword, value)]));
}

function read(text: string): Conninfo | ConninfoError {
  try {
    return readStepConninfo(text);
  } catch (error) {
    if (error instanceof ConninfoError) return error;
    throw error;
  }
}

/**
 * What pgAgent's libpq took from the defaults of its machine, and `--step-conninfo` has to say:
 * all of it without a host, the user alone without a user; null where that is not known.
 */
function missingFromDefaults(given: Conninfo, stepConninfo: Conninfo | null): Conninfo | null {
  if (given.has('service')) return new Map();
  if (!given.has('host') && !given.has('hostaddr')) {
    // A password belongs to its user.
    const isOthersPassword = given.has('user') && !given.has('password');
    return (
      stepConninfo &&
      new Map([...stepConninfo].filter(([keyword]) => keyword !== 'password' || !isOthersPassword))
    );
  }
  if (given.has('user')) return new Map();
  const user = stepConninfo?.get('user');
  return user === undefined ? null : new Map([['user', user]]);
}

function connects(
  conninfo: Conninfo,
  about: AboutStep,
  target: TargetTraits,
  advisories: readonly Advisory[],
): ConnectionFate {
  const { pairs, notes } = translate(conninfo, target);
  const found = [...advisories];
  if (notes.changed.length > 0) found.push(connectionKeyword(about, notes.changed));
  if (notes.weakened.length > 0) found.push(connectionWeakened(about, notes.weakened));
  if (notes.files.length > 0) found.push(connectionFiles(about, notes.files));
  if (pairs.has('password') || pairs.has('sslpassword')) found.push(storedPassword(about, 'connection'));
  return { kind: 'connects', connection: formatConninfo(pairs), advisories: found };
}

// libpq reads blanks and a plus around a number; pgx does not.
function plainNumber(keyword: string, value: string): string {
  return keyword === 'port' || keyword === 'connect_timeout' ? value.trim().replace(/^\+/, '') : value;
}

interface Notes {
  readonly changed: string[];
  readonly weakened: string[];
  readonly files: string[];
}

/** Writes down only what pgx knows, and says what became of the rest. */
function translate(conninfo: Conninfo, target: TargetTraits): { pairs: Map<string, string>; notes: Notes } {
  const pairs = new Map<string, string>();
  const notes: Notes = { changed: [], weakened: [], files: [] };
  for (const [keyword, value] of conninfo) {
    const rule = keywordRule(keyword, value);
    if (rule === null || rule.kind === 'refuse' || value === '') continue;
    apply(rule, keyword, value, target, pairs, notes);
  }
  const hosts = addressesOrNames(conninfo);
  if (hosts !== null) pairs.set('host', hosts);
  if (hosts !== null && conninfo.has('host') && conninfo.get('sslmode') === 'verify-full') {
    notes.weakened.push("hostaddr (the server's certificate must name the address now)");
  }
  return { pairs, notes };
}

// In libpq an address beats the name that it belongs to, and an empty one leaves it.
function addressesOrNames(conninfo: Conninfo): string | null {
  const addresses = conninfo.get('hostaddr')?.split(',');
  const names = conninfo.get('host')?.split(',') ?? [];
  return addresses?.map((address, index) => address || (names[index] ?? '')).join(',') ?? null;
}

function apply(
  rule: Exclude<KeywordRule, { kind: 'refuse' }>,
  keyword: string,
  value: string,
  target: TargetTraits,
  pairs: Map<string, string>,
  notes: Notes,
): void {
  if (rule.kind === 'keep' || rule.kind === 'keep-file' || (rule.kind === 'keep-if' && rule.known(target))) {
    pairs.set(keyword, value);
    if (rule.kind === 'keep-file') notes.files.push(keyword);
  } else if (rule.kind === 'rename') {
    if (!pairs.has(rule.to)) pairs.set(rule.to, value);
    notes.changed.push(`${keyword} (${rule.note})`);
  } else if (rule.kind === 'unused') {
    notes.changed.push(`${keyword} (pgAgent leaves it out too)`);
  } else {
    (rule.weakens ? notes.weakened : notes.changed).push(`${keyword} (${rule.lost})`);
  }
}

function notCarried(advisory: Advisory): ConnectionFate {
  return { kind: 'not-carried', advisories: [advisory] };
}
