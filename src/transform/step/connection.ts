import type { StepConnection } from '../../model/job.ts';
import type { Advisory } from '../../model/plan.ts';
import { Remembered } from '../../model/remembered.ts';
import { type Conninfo, ConninfoError, formatConninfo } from '../../postgres/conninfo.ts';
import { holdsSecret } from '../../secrets/mask.ts';
import {
  connectionCompleted,
  connectionFiles,
  connectionKeyword,
  connectionLoopback,
  connectionOwnDatabase,
  connectionUnreadable,
  connectionWeakened,
  neverRan,
  passwordNotStripped,
  passwordStripped,
  remoteRole,
  stepNeedsConninfo,
  storedPassword,
} from '../advisories/index.ts';
import type { Context } from '../context.ts';
import { hostsOf, readStepConninfo, whatStopsConnecting } from './libpq-values.ts';
import { isLoopback, isOwnDatabase } from './own-database.ts';
import { hasPassword, passwordFileEntry, withoutPassword } from './password-file.ts';
import { lostByPgAgent } from './pgagent-reading.ts';
import { type Notes, translate } from './pgx-conninfo.ts';

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

// Most steps name one of few databases.
const LOST = new Remembered<boolean>(10_000);

function isLostByPgAgent(database: string): boolean {
  return lostByPgAgent(new Map([['dbname', database]])).length > 0;
}

// pgAgent (connection.cpp, CONNinfo::Get) takes the agent's own connection string with another database.
function onAgentServer(database: string, about: AboutStep, context: Context): ConnectionFate {
  const { target, options } = context;
  const isLost = LOST.of(database, isLostByPgAgent);
  const advisories = isLost ? [neverRan(about, 'a database name that needs quotes', 'quotes')] : [];
  if (target.isSourceServer && database === target.database) {
    return { kind: 'connects', connection: null, advisories };
  }
  if (options.stepConninfo === null) {
    return notCarried(
      stepNeedsConninfo(
        about,
        `runs in the database "${database}" on pgAgent's own server`,
        target.database === '',
      ),
    );
  }
  return connects(new Map([...options.stepConninfo, ['dbname', database]]), about, context, [
    ...advisories,
    ...asAnotherRole(database, options.stepConninfo.get('user'), about, context),
  ]);
}

// Without a user in it, pgx takes that of pg_timetable's machine, which only that machine knows.
function asAnotherRole(
  database: string,
  user: string | undefined,
  about: AboutStep,
  { source: { role } }: Context,
): readonly Advisory[] {
  return role === null || user === undefined || user === role
    ? []
    : [remoteRole(about, database, user, role)];
}

function byConninfo(text: string, about: AboutStep, context: Context): ConnectionFate {
  const written = read(text);
  if (written instanceof ConninfoError) return notCarried(connectionUnreadable(about, written.message));
  const fault = whatStopsConnecting(written, text);
  if (fault !== null) return notCarried(connectionUnreadable(about, fault));
  const given = new Map([...written].filter(([, value]) => value !== ''));
  const completion = missingFromDefaults(given, context.options.stepConninfo);
  if (completion === null) {
    const missing = given.has('host') || given.has('hostaddr') ? 'a user' : 'a host';
    return notCarried(stepNeedsConninfo(about, `has a connection string without ${missing}`));
  }
  const filledIn = [...completion.keys()].filter((keyword) => !given.has(keyword));
  return connects(withDatabase(new Map([...completion, ...given])), about, context, [
    ...underPgAgent(written, about),
    ...(filledIn.length > 0 ? [connectionCompleted(about, filledIn)] : []),
    ...ofAnotherMachine(given, about),
  ]);
}

/** Why the step never ran, as far as its connection string tells. */
function underPgAgent(written: Conninfo, about: AboutStep): readonly Advisory[] {
  const lost = lostByPgAgent(written);
  if (lost.length > 0) return [neverRan(about, `a value that needs quotes (${lost.join(', ')})`, 'quotes')];
  if (written.has('servicefile')) return [neverRan(about, 'servicefile in its connection string', 'libpq')];
  return hasPassword(written) ? [neverRan(about, 'a password in its connection string', 'password')] : [];
}

// What --step-conninfo says is said of pg_timetable's machine already.
function ofAnotherMachine(given: Conninfo, about: AboutStep): readonly Advisory[] {
  const hosts = hostsOf(given).filter(isLoopback);
  return hosts.length > 0 ? [connectionLoopback(about, hosts)] : [];
}

// pgAgent (CONNinfo::Get) ends the string with "dbname=", which for libpq is the database of the user's name,
// whatever a service says (measured).
function withDatabase(conninfo: Conninfo): Conninfo {
  const user = conninfo.get('user');
  return conninfo.has('dbname') || user === undefined ? conninfo : new Map([...conninfo, ['dbname', user]]);
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
  { target, options }: Context,
  advisories: readonly Advisory[],
): ConnectionFate {
  if (isOwnDatabase(conninfo, target)) {
    const local = connectionOwnDatabase(about, target.endpoint.role);
    return { kind: 'connects', connection: null, advisories: [...advisories, local] };
  }
  const { pairs, notes } = translate(conninfo, target);
  const stripped = options.stripPasswords ? withoutPassword(pairs) : pairs;
  const connection = formatConninfo(stripped);
  if (options.stripPasswords && holdsSecret(connection))
    return notCarried(passwordNotStripped(about, 'connection string'));
  const found = [...advisories, ...aboutKeywords(notes, conninfo, about)];
  if (stripped !== pairs) found.push(passwordStripped(about, passwordFileEntry(pairs)));
  else if (hasPassword(pairs) || holdsSecret(connection)) found.push(storedPassword(about, 'connection'));
  return { kind: 'connects', connection, advisories: found };
}

function aboutKeywords(notes: Notes, conninfo: Conninfo, about: AboutStep): readonly Advisory[] {
  const files = notes.files.map((keyword) =>
    keyword === 'service' && !conninfo.has('dbname')
      ? "service (its dbname counts now; pgAgent took the database of the user's name)"
      : keyword,
  );
  return [
    ...(notes.changed.length > 0 ? [connectionKeyword(about, notes.changed)] : []),
    ...(notes.weakened.length > 0 ? [connectionWeakened(about, notes.weakened)] : []),
    ...(files.length > 0 ? [connectionFiles(about, files)] : []),
  ];
}

function notCarried(advisory: Advisory): ConnectionFate {
  return { kind: 'not-carried', advisories: [advisory] };
}
