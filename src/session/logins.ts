import { Failure } from '../model/failure.ts';
import type { Client } from '../postgres/connect.ts';
import { findLogin, type Login, type StoredSetting, storedSettings } from '../postgres/login.ts';
import { loginSettings } from '../postgres/login-settings.ts';
import { onSide } from '../postgres/query-errors.ts';
import type { LoginView } from '../timetable/role-settings.ts';
import type { Settings } from './settings.ts';

/** As whom local SQL steps ran, and as whom they will run. */
export interface Logins {
  readonly source: LoginView;
  readonly target: LoginView;
  readonly isSameServer: boolean;
  /** The sides that hide from this user what roles and databases are given. */
  readonly hiddenBy: readonly Side[];
}

type Side = 'source' | 'target';

/** Who the daemons connect as; null for who this run does. */
type Roles = Pick<Settings, 'sourceRole' | 'targetRole'>;

/** What changes how a statement behaves, and may be another on another server. TimeZone has its own advisories. */
const OF_SERVERS = [
  ...[
    'search_path',
    'DateStyle',
    'IntervalStyle',
    'bytea_output',
    'extra_float_digits',
    'xmlbinary',
    'xmloption',
  ],
  ...['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout'],
  ...['work_mem', 'maintenance_work_mem', 'temp_file_limit', 'synchronous_commit', 'row_security'],
  ...['default_transaction_isolation', 'default_transaction_read_only', 'default_transaction_deferrable'],
  ...['session_replication_role', 'standard_conforming_strings', 'backslash_quote', 'array_nulls'],
  ...['transform_null_equals', 'default_text_search_config', 'default_tablespace', 'temp_tablespaces'],
  ...['lc_messages', 'lc_monetary', 'lc_numeric', 'lc_time', 'default_table_access_method'],
];

/** What the rights of a session depend on. */
const ALWAYS = ['search_path', 'role'];

/**
 * Reads what the two daemons' sessions get on the database of local SQL steps: pg_timetable's own.
 * @param isSameServer whether the source and the target are one server
 * @throws Failure of code `usage` for a role that is not there
 */
export async function readLogins(
  roles: Roles,
  sourceClient: Client,
  targetClient: Client,
  isSameServer: boolean,
): Promise<Logins> {
  const target = known(await loginOn('target', targetClient, roles.targetRole), 'target', roles);
  const agent = known(await loginOn('source', sourceClient, roles.sourceRole), 'source', roles);
  // pgAgent connects to the database of each step: on one server that of pg_timetable, which this session is in.
  const client = isSameServer ? targetClient : sourceClient;
  const source = { ...agent, database: await databaseOfSteps(client, agent, target) };
  const had = await onSide('source', () => storedSettings(client, source, null));
  const will = await onSide('target', () => storedSettings(targetClient, target, null));
  const names = namesOf([...(had ?? []), ...(will ?? [])], isSameServer);
  return {
    source: await onSide('source', () => view(client, source, had, names)),
    target: await onSide('target', () => view(targetClient, target, will, names)),
    isSameServer,
    hiddenBy: [
      ...(had === null ? (['source'] as const) : []),
      ...(will === null ? (['target'] as const) : []),
    ],
  };
}

function loginOn(side: Side, client: Client, role: string | null): Promise<Login | null> {
  return onSide(side, () => findLogin(client, role));
}

function known(login: Login | null, side: Side, { sourceRole, targetRole }: Roles): Login {
  if (login !== null) return login;
  const role = side === 'source' ? sourceRole : targetRole;
  throw new Failure(
    'usage',
    `--${side}-role ${role}: the ${side} has no such role.`,
    'To list the roles: \\du in psql.',
  );
}

// A database that was moved to another server has most likely kept its name.
async function databaseOfSteps(client: Client, agent: Login, target: Login): Promise<string> {
  const { rows } = await onSide('source', () =>
    client.query<{ isThere: boolean }>(
      'SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = $1) AS "isThere"',
      [target.database],
    ),
  );
  return rows[0]?.isThere ? target.database : agent.database;
}

function namesOf(stored: readonly StoredSetting[], isSameServer: boolean): readonly string[] {
  const names = [...stored.map(({ name }) => name), ...ALWAYS, ...(isSameServer ? [] : OF_SERVERS)];
  return names.filter((name) => name.toLowerCase() !== 'timezone');
}

async function view(
  client: Client,
  login: Login,
  stored: readonly StoredSetting[] | null,
  names: readonly string[],
): Promise<LoginView> {
  const settings = await loginSettings(client, stored ?? [], names);
  const { rows } = await client.query<{ hasOwnSchema: boolean }>(
    `SELECT current_database() = $2
            AND EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1) AS "hasOwnSchema"`,
    [login.role, login.database],
  );
  return { ...login, settings, hasOwnSchema: rows[0]?.hasOwnSchema ?? false };
}

/** Whose rights count in a session: of its role, or of the one that ALTER ROLE ... SET role makes it begin as. */
export function actingRole({ role, settings }: LoginView): string {
  const value = settings.get('role')?.value ?? 'none';
  return value === 'none' || value === '' ? role : value.replace(/^"(.*)"$/, '$1');
}
