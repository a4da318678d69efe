import { Failure } from '../model/failure.ts';
import { columnsOf } from '../postgres/columns.ts';
import type { Client } from '../postgres/connect.ts';
import { findLogin, storedSettings } from '../postgres/login.ts';
import { loginSettings } from '../postgres/login-settings.ts';
import { normalValue } from '../postgres/setting-value.ts';
import { IS_ITS_SESSION } from './live-sessions.ts';

/** What a look at the target tells before anything is planned. */
export interface TargetFacts {
  readonly database: string;
  readonly user: string;
  readonly serverVersion: string;
  /** Whether pg_timetable has made its schema there. A plan is for NEWEST where it has not. */
  readonly hasSchema: boolean;
  /** The pg_timetable whose schema this is, or "unknown (last migration ...)". */
  readonly schemaVersion: string;
  /** Whether what chains do on this version was recorded. */
  readonly isRecorded: boolean;
  readonly isInRecovery: boolean;
  /** Whether this user's transactions are read-only there by default. */
  readonly isReadOnly: boolean;
  /** timetable.task.live, since 7.0 */
  readonly hasTaskLive: boolean;
  /** 5.0 or older, as far as the migrations tell. */
  readonly isOld: boolean;
  /** Since 6: a schema with the job control functions of that time. */
  readonly isSixOrLater: boolean;
  /** 5.13 or later, as far as the migrations tell. */
  readonly isFiveThirteenOrLater: boolean;
  /** The client names of the pg_timetable sessions that are there now. */
  readonly connectedClients: readonly string[];
  /** These, and the names that chains are bound to already. */
  readonly knownClients: readonly string[];
  /** What this run would need and may not: "INSERT on timetable.chain". */
  readonly missingRights: readonly string[];
  /** The settings that would end a transaction of pg_timetable's which lasts or idles too long, as `name = value`. */
  readonly transactionTimeouts: readonly string[];
  /** The default_transaction_isolation of pg_timetable's sessions. */
  readonly isolation: string;
  /** What pg_timetable's sessions send texts in. */
  readonly encoding: string;
}

/** The last migration of the versions that are recorded. */
const RECORDED: Readonly<Record<string, string>> = { '00629': '5.13.0', '00733': '6.3.0', '00797': '7.0.0' };
const FIRST_BEHIND_FIVE_ZERO = '00534';
const FIRST_OF_SIX = '00721';
const LAST_OF_FIVE_THIRTEEN = '00629';

/** The version that is planned for where there is no schema yet. */
export const NEWEST = '7.0.0';

/**
 * Looks at the schema that pg_timetable made; its columns tell what it can hold.
 * @param role that pg_timetable connects as; null for the one that this session connected as
 * @param mayLackSchema whether a target without the schema is taken for one of the newest pg_timetable, empty
 * @throws Failure of code `failed` where there is none and may not be, or one of pg_timetable 4.0
 */
export async function inspectTarget(
  client: Client,
  role: string | null,
  mayLackSchema = false,
): Promise<TargetFacts> {
  const { rows } = await client.query(`
    SELECT current_database() AS database,
           current_user AS "user",
           current_setting('server_version') AS "serverVersion",
           pg_catalog.pg_is_in_recovery() AS "isInRecovery",
           current_setting('transaction_read_only') = 'on' AS "isReadOnly",
           pg_catalog.to_regnamespace('timetable') IS NOT NULL AS "hasSchema"`);
  const basics = rows[0] as Pick<
    TargetFacts,
    'database' | 'user' | 'serverVersion' | 'isInRecovery' | 'isReadOnly' | 'hasSchema'
  >;
  if (mayLackSchema && !basics.hasSchema)
    return { ...basics, ...NOT_YET_THERE, ...(await sessionFacts(client, role)) };
  const columns = await columnsOf(client, 'timetable');
  if (!columns.has('chain.chain_name')) throw noSchema(basics.database);
  if (!columns.has('task.chain_id') || !columns.has('task.task_order')) throw schemaOfFourZero();
  const missingRights = await findMissingRights(client);
  const mayRead = !missingRights.some((right) => /^(?:USAGE|SELECT)/.test(right));
  // active_session is not logged, so a replica has no copy of it.
  const mayAskForClients = mayRead && !basics.isInRecovery;
  const migration = mayRead ? await lastMigration(client) : null;
  return {
    ...basics,
    schemaVersion:
      RECORDED[migration ?? ''] ?? `of an unknown version (last migration ${migration ?? 'not readable'})`,
    isRecorded: migration !== null && Object.hasOwn(RECORDED, migration),
    hasTaskLive: columns.has('task.live'),
    isOld: migration !== null && migration < FIRST_BEHIND_FIVE_ZERO,
    isFiveThirteenOrLater:
      columns.has('task.live') || (migration !== null && migration >= LAST_OF_FIVE_THIRTEEN),
    isSixOrLater: columns.has('task.live') || (migration !== null && migration >= FIRST_OF_SIX),
    connectedClients: mayAskForClients ? await names(client, CONNECTED_CLIENTS) : [],
    knownClients: mayAskForClients ? await names(client, KNOWN_CLIENTS) : [],
    missingRights,
    ...(await sessionFacts(client, role)),
  };
}

/** What a schema holds that pg_timetable is yet to make. */
const NOT_YET_THERE = {
  schemaVersion: `${NEWEST} (no schema yet)`,
  ...{ isRecorded: true, hasTaskLive: true, isOld: false, isSixOrLater: true, isFiveThirteenOrLater: true },
  ...{ connectedClients: [], knownClients: [] },
  // So nothing is asked of its tables.
  missingRights: ['USAGE on schema timetable'],
};

const TRANSACTION_TIMEOUTS = ['idle_in_transaction_session_timeout', 'transaction_timeout'];
const ISOLATION = 'default_transaction_isolation';

/** What a session of pg_timetable's gets. */
async function sessionFacts(
  client: Client,
  role: string | null,
): Promise<Pick<TargetFacts, 'transactionTimeouts' | 'isolation' | 'encoding'>> {
  const login = await findLogin(client, role);
  const names = [...TRANSACTION_TIMEOUTS, ISOLATION, 'client_encoding'];
  const stored = (login === null ? null : await storedSettings(client, login, names)) ?? [];
  const settings = await loginSettings(client, stored, [...TRANSACTION_TIMEOUTS, ISOLATION]);
  const { rows } = await client.query<{ encoding: string }>(
    "SELECT current_setting('server_encoding') AS encoding",
  );
  return {
    transactionTimeouts: [...settings.values()]
      .filter(
        ({ name, type, value }) => name !== ISOLATION && value !== null && normalValue(type, value) !== '0',
      )
      .map(({ name, value }) => `${name} = ${value}`)
      .sort(),
    isolation: settings.get(ISOLATION)?.value ?? 'read committed',
    encoding: stored.find(({ name }) => name === 'client_encoding')?.value ?? rows[0]?.encoding ?? 'UTF8',
  };
}

function noSchema(database: string): Failure {
  return new Failure(
    'failed',
    `The target database "${database}" has no schema timetable.`,
    'Create it: pg_timetable --init --clientname=any --connstr "...". To use another database: --target. --dry-run shows a plan without it.',
  );
}

function schemaOfFourZero(): Failure {
  return new Failure(
    'failed',
    'The schema timetable of the target is that of pg_timetable 4.0, which has no ordered tasks.',
    'Upgrade it: pg_timetable --upgrade --clientname=any --connstr "...".',
  );
}

async function findMissingRights(client: Client): Promise<readonly string[]> {
  const usage = await client.query<{ granted: boolean }>(
    `SELECT pg_catalog.has_schema_privilege('timetable', 'USAGE') AS granted`,
  );
  if (!usage.rows[0]?.granted) return ['USAGE on schema timetable'];
  const { rows } = await client.query<{ missing: string }>(`
    SELECT r || ' on timetable.' || t AS missing
      FROM (VALUES ('chain', 'SELECT'), ('task', 'SELECT'), ('migration', 'SELECT'), ('active_session', 'SELECT'),
                   ('chain', 'INSERT'), ('task', 'INSERT'), ('parameter', 'INSERT')) AS needed (t, r)
     WHERE NOT pg_catalog.has_table_privilege('timetable.' || t, r)
     UNION ALL
    SELECT 'USAGE on sequence timetable.' || s
      FROM (VALUES ('chain_chain_id_seq'), ('task_task_id_seq')) AS sequences (s)
     WHERE NOT pg_catalog.has_sequence_privilege('timetable.' || s, 'USAGE')`);
  return rows.map(({ missing }) => missing);
}

async function lastMigration(client: Client): Promise<string | null> {
  const { rows } = await client.query<{ number: string }>(
    `SELECT substring(version FROM '^[0-9]+') AS number FROM timetable.migration ORDER BY 1 DESC LIMIT 1`,
  );
  return rows[0]?.number ?? null;
}

// The rows of clients that ended without a word stay until the next one starts.
const CONNECTED_CLIENTS = `
  SELECT DISTINCT s.client_name AS name
    FROM timetable.active_session s
    JOIN pg_catalog.pg_stat_activity a ON ${IS_ITS_SESSION}
   ORDER BY 1`;

const KNOWN_CLIENTS = `
  SELECT client_name AS name FROM timetable.active_session
   UNION SELECT client_name FROM timetable.chain WHERE client_name <> ''
   ORDER BY 1`;

async function names(client: Client, query: string): Promise<readonly string[]> {
  return (await client.query<{ name: string }>(query)).rows.map(({ name }) => name);
}
