import { Failure } from '../model/failure.ts';
import type { Client } from '../postgres/connect.ts';
import type { LoginFacts, StoredSetting } from '../postgres/login.ts';
import { loginSettings } from '../postgres/login-settings.ts';
import { onSide } from '../postgres/query-errors.ts';
import { together } from '../postgres/together.ts';
import type { LoginView } from '../timetable/role-settings.ts';
import type { DaemonLogins } from './daemon-logins.ts';
import type { Settings } from './settings.ts';

/** As whom local SQL steps ran, and as whom they will run. */
export interface Logins {
  /** null where a dump does not tell it. */
  readonly source: LoginView | null;
  readonly target: LoginView;
  readonly isSameServer: boolean;
  /** The sides that hide from this user what roles and databases are given. */
  readonly hiddenBy: readonly Side[];
}

/** Those of two live servers. */
export interface LiveLogins extends Logins {
  readonly source: LoginView;
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
 * Reads what the two daemons' sessions get on the database of local SQL steps.
 * @param isSameServer whether the source and the target are one server
 * @throws Failure of code `usage` for a role that is not there
 */
export async function readLogins(
  roles: Roles,
  logins: Pick<DaemonLogins, 'steps' | 'timetable'>,
  sourceClient: Client,
  targetClient: Client,
  isSameServer: boolean,
): Promise<LiveLogins> {
  const target = known(logins.timetable, 'target', roles);
  const agent = known(logins.steps, 'source', roles);
  const names = namesOf([...(agent.stored ?? []), ...(target.stored ?? [])], isSameServer);
  // On one server pgAgent's steps are in pg_timetable's database, which this session is in.
  const source = onSide('source', () => view(isSameServer ? targetClient : sourceClient, agent, names));
  const [had, will] = await together([
    source,
    agent === target ? source : onSide('target', () => view(targetClient, target, names)),
  ]);
  return {
    source: had,
    target: will,
    isSameServer,
    hiddenBy: [
      ...(agent.stored === null ? (['source'] as const) : []),
      ...(target.stored === null ? (['target'] as const) : []),
    ],
  };
}

/**
 * Reads what pg_timetable's sessions get, where pgAgent's cannot be seen.
 * @throws Failure of code `usage` for a role that is not there
 */
export async function readTargetLogin(
  settings: Roles,
  login: LoginFacts | null,
  targetClient: Client,
): Promise<Logins> {
  const facts = known(login, 'target', settings);
  const target = await onSide('target', () => view(targetClient, facts, ALWAYS));
  return { source: null, target, isSameServer: false, hiddenBy: [] };
}

function known(login: LoginFacts | null, side: Side, { sourceRole, targetRole }: Roles): LoginFacts {
  if (login !== null) return login;
  const role = side === 'source' ? sourceRole : targetRole;
  throw new Failure(
    'usage',
    `--${side}-role ${role}: the ${side} has no such role.`,
    'To list the roles: \\du in psql.',
  );
}

function namesOf(stored: readonly StoredSetting[], isSameServer: boolean): readonly string[] {
  const names = [...stored.map(({ name }) => name), ...ALWAYS, ...(isSameServer ? [] : OF_SERVERS)];
  return names.filter((name) => name.toLowerCase() !== 'timezone');
}

async function view(
  client: Client,
  { role, database, stored }: LoginFacts,
  names: readonly string[],
): Promise<LoginView> {
  const [settings, { rows }] = await together([
    loginSettings(client, stored ?? [], names),
    client.query<{ hasOwnSchema: boolean }>(
      `SELECT current_database() = $2
              AND EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1) AS "hasOwnSchema"`,
      [role, database],
    ),
  ]);
  return { role, database, settings, hasOwnSchema: rows[0]?.hasOwnSchema ?? false };
}

/** Whose rights count in a session: of its role, or of the one that ALTER ROLE ... SET role makes it begin as. */
export function actingRole({ role, settings }: LoginView): string {
  const value = settings.get('role')?.value ?? 'none';
  return value === 'none' || value === '' ? role : value.replace(/^"(.*)"$/, '$1');
}
