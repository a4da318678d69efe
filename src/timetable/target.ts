import { Failure } from '../model/failure.ts';
import { columnsOf } from '../postgres/columns.ts';
import type { Client } from '../postgres/connect.ts';
import { type LoginFacts, storedOf } from '../postgres/login.ts';
import { loginSettings } from '../postgres/login-settings.ts';
import { normalValue } from '../postgres/setting-value.ts';
import { together } from '../postgres/together.ts';
import { IS_ITS_SESSION } from './live-sessions.ts';

/** What a look at the target tells before anything is planned. */
export interface TargetFacts {
  readonly database: string;
  readonly user: string;
  readonly serverVersion: string;
  /** Whether pg_timetable has made its schema there. A plan is for NEWEST where it has not. */
  readonly hasSchema: boolean;
  /** Other databases of its server that have such a schema; only where this one does not. */
  readonly elsewhere?: readonly string[];
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
  /** As which roles they are connected. */
  readonly clientRoles: readonly string[];
  /** The clients that are connected, and the names that chains are bound to already. */
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

/** What a target is for: a plan alone, chains that are to be written, or chains that an earlier run has written. */
export type TargetUse = 'planned' | 'to-write' | 'written';

/** What the schema that pg_timetable made tells. */
export type SchemaFacts = Omit<TargetFacts, keyof SessionFacts>;

/** What a session of pg_timetable's gets. */
export type SessionFacts = Pick<TargetFacts, 'transactionTimeouts' | 'isolation' | 'encoding'>;

type Basics = Pick<
  TargetFacts,
  'database' | 'user' | 'serverVersion' | 'isInRecovery' | 'isReadOnly' | 'hasSchema'
> & {
  readonly mayUse: boolean;
  readonly missing: readonly string[];
};

const BASICS = `
  SELECT current_database() AS database,
         current_user AS "user",
         current_setting('server_version') AS "serverVersion",
         pg_catalog.pg_is_in_recovery() AS "isInRecovery",
         current_setting('transaction_read_only') = 'on' AS "isReadOnly",
         n.oid IS NOT NULL AS "hasSchema",
         coalesce(pg_catalog.has_schema_privilege(n.oid, 'USAGE'), false) AS "mayUse",
         ARRAY (SELECT right_needed || CASE c.relkind WHEN 'S' THEN ' on sequence timetable.' ELSE ' on timetable.' END || c.relname
                  FROM (VALUES (1, 'chain', 'SELECT'), (2, 'task', 'SELECT'), (3, 'migration', 'SELECT'),
                               (4, 'active_session', 'SELECT'),
                               (5, 'chain', 'INSERT'), (6, 'task', 'INSERT'), (7, 'parameter', 'INSERT'),
                               (8, 'chain_chain_id_seq', 'USAGE'), (9, 'task_task_id_seq', 'USAGE'))
                       AS needed (place, relation, right_needed)
                  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = relation
                 WHERE NOT CASE c.relkind WHEN 'S' THEN pg_catalog.has_sequence_privilege(c.oid, right_needed)
                                ELSE pg_catalog.has_table_privilege(c.oid, right_needed) END
                 ORDER BY place) AS missing
    FROM (VALUES ('timetable')) AS wanted (name)
    LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = wanted.name`;

/**
 * Looks at the schema that pg_timetable made; its columns tell what it can hold.
 * @param use planned: a target without the schema is taken for one of the newest pg_timetable, empty
 * @param findElsewhere names the other databases of the server that hold the schema
 * @throws Failure of code `failed` where there is none and may not be, or one of pg_timetable 4.0
 */
export async function inspectTarget(
  client: Client,
  use: TargetUse,
  findElsewhere: () => Promise<readonly string[]>,
): Promise<SchemaFacts> {
  const [{ rows }, columns] = await together([client.query<Basics>(BASICS), columnsOf(client, 'timetable')]);
  const [{ mayUse, missing, ...basics }] = rows as [Basics];
  if (!columns.has('chain.chain_name')) {
    const elsewhere = await findElsewhere();
    if (use !== 'planned' || basics.hasSchema) throw noSchema(basics.database, use, elsewhere);
    return { ...basics, ...NOT_YET_THERE, elsewhere };
  }
  if (!columns.has('task.chain_id') || !columns.has('task.task_order')) throw schemaOfFourZero();
  const missingRights = mayUse ? missing : ['USAGE on schema timetable'];
  const mayRead = !missingRights.some((right) => /^(?:USAGE|SELECT)/.test(right));
  // active_session is not logged, so a replica has no copy of it.
  const mayAskForClients = mayRead && !basics.isInRecovery;
  const [migration, connected, knownClients] = await together([
    mayRead ? lastMigration(client) : null,
    mayAskForClients ? findConnected(client) : [],
    mayAskForClients ? names(client, KNOWN_CLIENTS) : [],
  ]);
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
    connectedClients: different(connected.map(({ name }) => name)),
    clientRoles: different(connected.map(({ role }) => role)),
    knownClients,
    missingRights,
  };
}

/**
 * What a plan without a target is for: the newest pg_timetable, empty.
 * @param database in which it will live; '' for one that nobody names
 */
export function assumedTarget(database: string): TargetFacts {
  return {
    ...{ database, user: '', serverVersion: '', isInRecovery: false, isReadOnly: false, hasSchema: false },
    ...{ transactionTimeouts: [], isolation: 'read committed', encoding: 'UTF8' },
    ...NOT_YET_THERE,
    schemaVersion: `${NEWEST} (assumed)`,
  };
}

/** What a schema holds that pg_timetable is yet to make. */
const NOT_YET_THERE = {
  schemaVersion: `${NEWEST} (no schema yet)`,
  ...{ isRecorded: true, hasTaskLive: true, isOld: false, isSixOrLater: true, isFiveThirteenOrLater: true },
  ...{ connectedClients: [], clientRoles: [], knownClients: [] },
  // So nothing is asked of its tables.
  missingRights: ['USAGE on schema timetable'],
};

const TRANSACTION_TIMEOUTS = ['idle_in_transaction_session_timeout', 'transaction_timeout'];
const ISOLATION = 'default_transaction_isolation';

/**
 * @param login that of pg_timetable; null where there is no such role
 */
export async function readSessionFacts(client: Client, login: LoginFacts | null): Promise<SessionFacts> {
  const stored = login?.stored ?? [];
  const [settings, { rows }] = await together([
    loginSettings(client, stored, [...TRANSACTION_TIMEOUTS, ISOLATION]),
    client.query<{ encoding: string }>("SELECT current_setting('server_encoding') AS encoding"),
  ]);
  return {
    transactionTimeouts: [...settings.values()]
      .filter(
        ({ name, type, value }) => name !== ISOLATION && value !== null && normalValue(type, value) !== '0',
      )
      .map(({ name, value }) => `${name} = ${value}`)
      .sort(),
    isolation: settings.get(ISOLATION)?.value ?? 'read committed',
    encoding: storedOf(stored, 'client_encoding')[0]?.value ?? rows[0]?.encoding ?? 'UTF8',
  };
}

function noSchema(database: string, use: TargetUse, elsewhere: readonly string[]): Failure {
  const another = elsewhere.length > 0 ? whereItIs(elsewhere) : 'To use another database: --target.';
  return new Failure(
    'failed',
    `The target database "${database}" has no schema timetable.`,
    use === 'written'
      ? `${another} The chains of an earlier run are in the database that --target named then.`
      : `${another} To create the schema here: pg_timetable --init --clientname=any --connstr "...". --dry-run shows a plan without it.`,
  );
}

/** Which other databases hold pg_timetable's schema, and how to use one. */
export function whereItIs(databases: readonly string[]): string {
  return `pg_timetable is in ${databases.map((name) => `"${name}"`).join(', ')} on this server: name it by --target "dbname=...".`;
}

function schemaOfFourZero(): Failure {
  return new Failure(
    'failed',
    'The schema timetable of the target is that of pg_timetable 4.0, which has no ordered tasks.',
    'Upgrade it: pg_timetable --upgrade --clientname=any --connstr "...".',
  );
}

async function lastMigration(client: Client): Promise<string | null> {
  const { rows } = await client.query<{ number: string }>(
    `SELECT substring(version FROM '^[0-9]+') AS number FROM timetable.migration ORDER BY 1 DESC LIMIT 1`,
  );
  return rows[0]?.number ?? null;
}

// The rows of clients that ended without a word stay until the next one starts.
const CONNECTED_CLIENTS = `
  SELECT DISTINCT s.client_name AS name, a.usename AS role
    FROM timetable.active_session s
    JOIN pg_catalog.pg_stat_activity a ON ${IS_ITS_SESSION}
   ORDER BY 1, 2`;

async function findConnected(client: Client): Promise<readonly { name: string; role: string }[]> {
  return (await client.query<{ name: string; role: string }>(CONNECTED_CLIENTS)).rows;
}

function different(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}

const KNOWN_CLIENTS = `
  SELECT client_name AS name FROM timetable.active_session
   UNION SELECT client_name FROM timetable.chain WHERE client_name <> ''
   ORDER BY 1`;

async function names(client: Client, query: string): Promise<readonly string[]> {
  return (await client.query<{ name: string }>(query)).rows.map(({ name }) => name);
}
