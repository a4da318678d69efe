import { Failure } from '../model/failure.ts';
import { columnsOf } from '../postgres/columns.ts';
import type { Client } from '../postgres/connect.ts';
import { hasPgAgent } from './find-installations.ts';

/** What a look at the source tells before its first job is read. */
export interface SourceFacts {
  readonly database: string;
  readonly user: string;
  readonly serverVersion: string;
  /** Of the database: what pgAgent got texts in. */
  readonly encoding: string;
  /** Whether the server runs on Windows, as far as its version() tells. */
  readonly isOnWindows: boolean;
  /** The version of the extension, or what pgagent_schema_version() says of a schema without one. */
  readonly schemaVersion: string;
  /** The server's clock, milliseconds since 1970 UTC. */
  readonly now: number;
  readonly isInRecovery: boolean;
  /** The stations of the pgAgent daemons that are connected. */
  readonly agents: readonly string[];
}

/** The columns read, which pgAgent has had since its schema 3.4. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  pga_job: ['jobid', 'jobjclid', 'jobname', 'jobdesc', 'jobhostagent', 'jobenabled'],
  pga_jobagent: ['jagpid', 'jaglogintime', 'jagstation'],
  pga_jobclass: ['jclid', 'jclname'],
  pga_jobstep: [
    ...['jstid', 'jstjobid', 'jstname', 'jstdesc', 'jstenabled', 'jstkind'],
    ...['jstcode', 'jstconnstr', 'jstdbname', 'jstonerror'],
  ],
  pga_schedule: [
    ...['jscid', 'jscjobid', 'jscname', 'jscdesc', 'jscenabled', 'jscstart', 'jscend'],
    ...['jscminutes', 'jschours', 'jscweekdays', 'jscmonthdays', 'jscmonths'],
  ],
  pga_exception: ['jexid', 'jexscid', 'jexdate', 'jextime'],
};

/**
 * Begins the one read-only snapshot that everything is read in, and makes sure that pgAgent's tables can be read there.
 * @param findElsewhere names the other databases of the server that hold a pgagent schema
 * @throws Failure of code `failed`
 */
export async function openSource(
  client: Client,
  findElsewhere: () => Promise<readonly string[]>,
): Promise<SourceFacts> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  if (!(await hasPgAgent(client))) throw noSchema(await currentDatabase(client), await findElsewhere());
  await checkColumns(client);
  await checkRights(client);
  return readFacts(client);
}

async function currentDatabase(client: Client): Promise<string> {
  return (await client.query<{ name: string }>('SELECT current_database() AS name')).rows[0]?.name ?? '';
}

function noSchema(database: string, elsewhere: readonly string[]): Failure {
  const remedy =
    elsewhere.length > 0
      ? `pgAgent is in ${elsewhere.map((name) => `"${name}"`).join(', ')} on this server: name it by --source "dbname=..." or PGDATABASE.`
      : 'Name the database that pgAgent is in by --source or PGDATABASE (pgAdmin puts it into "postgres").';
  return new Failure('failed', `The database "${database}" has no schema pgagent.`, remedy);
}

async function checkColumns(client: Client): Promise<void> {
  const there = await columnsOf(client, 'pgagent');
  const missing = Object.entries(NEEDED).flatMap(([table, columns]) =>
    columns.map((column) => `${table}.${column}`).filter((name) => !there.has(name)),
  );
  if (missing.length === 0) return;
  throw new Failure(
    'failed',
    `The schema pgagent is older than 3.4: it has no ${missing[0]}.`,
    'Upgrade it: ALTER EXTENSION pgagent UPDATE, or pgAgent’s own upgrade script.',
  );
}

async function checkRights(client: Client): Promise<void> {
  const { rows } = await client.query<{ user: string; usage: boolean }>(`
    SELECT current_user AS user, pg_catalog.has_schema_privilege('pgagent', 'USAGE') AS usage`);
  const user = rows[0]?.user ?? '';
  const grant = `Grant it: GRANT USAGE ON SCHEMA pgagent TO "${user}"; GRANT SELECT ON ALL TABLES IN SCHEMA pgagent TO "${user}";`;
  if (!rows[0]?.usage)
    throw new Failure('failed', `The user "${user}" may not use the schema pgagent.`, grant);
  const denied = await client.query<{ table: string }>(
    `SELECT t AS table FROM unnest($1::text[]) AS t WHERE NOT pg_catalog.has_table_privilege('pgagent.' || t, 'SELECT')`,
    [Object.keys(NEEDED)],
  );
  if (denied.rows.length === 0) return;
  const tables = denied.rows.map(({ table }) => `pgagent.${table}`).join(', ');
  throw new Failure('failed', `The user "${user}" may not read ${tables}.`, grant);
}

async function readFacts(client: Client): Promise<SourceFacts> {
  const { rows } = await client.query(`
    SELECT current_database() AS database,
           current_user AS "user",
           current_setting('server_version') AS "serverVersion",
           current_setting('server_encoding') AS encoding,
           pg_catalog.version() ~* 'visual c[+][+]|msvc|mingw' AS "isOnWindows",
           (SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'pgagent') AS "schemaVersion",
           extract(epoch FROM now())::float8 * 1000 AS now,
           pg_catalog.pg_is_in_recovery() AS "isInRecovery"`);
  const facts = rows[0] as Omit<SourceFacts, 'agents' | 'schemaVersion'> & { schemaVersion: string | null };
  return {
    ...facts,
    schemaVersion: facts.schemaVersion ?? (await versionWithoutExtension(client)),
    agents: await connectedAgents(client, facts.isInRecovery),
  };
}

// A schema that pgAgent's script made tells its major version by a function, if the user may call it.
async function versionWithoutExtension(client: Client): Promise<string> {
  const allowed = await client.query<{ allowed: boolean | null }>(`
    SELECT bool_or(pg_catalog.has_function_privilege(p.oid, 'EXECUTE')) AS allowed
      FROM pg_catalog.pg_proc p
     WHERE p.pronamespace = 'pgagent'::regnamespace AND p.proname = 'pgagent_schema_version' AND p.pronargs = 0`);
  if (!allowed.rows[0]?.allowed) return 'of an unknown version';
  const { rows } = await client.query<{ version: string }>(
    'SELECT pgagent.pgagent_schema_version()::text AS version',
  );
  return `${rows[0]?.version}, not an extension,`;
}

/** SQL for whether a session `s` of pg_stat_activity is that of the agent `a` of pga_jobagent. */
export const IS_AGENTS_SESSION = `s.pid = a.jagpid AND s.datname = current_database()
             AND coalesce(s.backend_start <= a.jaglogintime, true)`;

/**
 * SQL for the stations of the agents that are connected.
 * @param isInRecovery SQL
 */
export const connectedStations = (isInRecovery: string): string => `
      SELECT DISTINCT a.jagstation AS station
        FROM pgagent.pga_jobagent a
        LEFT JOIN pg_catalog.pg_stat_activity s
               ON ${IS_AGENTS_SESSION}
       WHERE s.pid IS NOT NULL OR ${isInRecovery}
       ORDER BY 1`;

/**
 * The agents whose backend is there. pgAgent leaves its row behind when it ends, and sets no application_name,
 * so a row counts if its process id is a session of this database that is older than the row. On a replica the
 * sessions are out of sight, so every row counts.
 */
export async function connectedAgents(client: Client, isInRecovery: boolean): Promise<readonly string[]> {
  const { rows } = await client.query<{ station: string }>(connectedStations('$1'), [isInRecovery]);
  return rows.map(({ station }) => station);
}
