import { Failure } from '../model/failure.ts';
import { columnsOf } from '../postgres/columns.ts';
import type { Client } from '../postgres/connect.ts';
import { together } from '../postgres/together.ts';

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
  /** As which roles they are connected; none on a replica, which does not show them. */
  readonly agentRoles: readonly string[];
}

/** The columns read, by their tables: pgAgent has had them since its schema 3.4. */
export const NEEDED: Readonly<Record<string, readonly string[]>> = {
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

/** What the catalogs tell of the source; `schemaVersion` is null where pgAgent is no extension. */
type Basics = Omit<SourceFacts, 'agents' | 'agentRoles' | 'schemaVersion'> & {
  readonly schemaVersion: string | null;
  readonly hasSchema: boolean;
  readonly mayUse: boolean;
  /** Whether there is a pgagent_schema_version() that this user may call. */
  readonly tellsVersion: boolean;
  /** The tables read, of those that are there, that this user may not read. */
  readonly denied: readonly string[];
};

const BASICS = `
  SELECT current_database() AS database,
         current_user AS "user",
         current_setting('server_version') AS "serverVersion",
         current_setting('server_encoding') AS encoding,
         pg_catalog.version() ~* 'visual c[+][+]|msvc|mingw' AS "isOnWindows",
         (SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'pgagent') AS "schemaVersion",
         extract(epoch FROM now())::float8 * 1000 AS now,
         pg_catalog.pg_is_in_recovery() AS "isInRecovery",
         n.oid IS NOT NULL AS "hasSchema",
         coalesce(pg_catalog.has_schema_privilege(n.oid, 'USAGE'), false) AS "mayUse",
         EXISTS (SELECT FROM pg_catalog.pg_proc p
                  WHERE p.pronamespace = n.oid AND p.proname = 'pgagent_schema_version' AND p.pronargs = 0
                    AND pg_catalog.has_function_privilege(p.oid, 'EXECUTE')) AS "tellsVersion",
         ARRAY (SELECT 'pgagent.' || t
                  FROM unnest($1::text[]) WITH ORDINALITY AS needed (t, place)
                  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t
                 WHERE NOT pg_catalog.has_table_privilege(c.oid, 'SELECT')
                 ORDER BY place) AS denied
    FROM (VALUES ('pgagent')) AS wanted (name)
    LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = wanted.name`;

/**
 * Begins the one read-only snapshot that everything is read in, and makes sure that pgAgent's tables can be read there.
 * @param findElsewhere names the other databases of the server that hold a pgagent schema
 * @throws Failure of code `failed`
 */
export async function openSource(
  client: Client,
  findElsewhere: () => Promise<readonly string[]>,
): Promise<Basics> {
  const [, columns, { rows }] = await together([
    client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'),
    columnsOf(client, 'pgagent'),
    client.query<Basics>(BASICS, [Object.keys(NEEDED)]),
  ]);
  const [basics] = rows;
  if (!basics?.hasSchema) throw noSchema(basics?.database ?? '', await findElsewhere());
  if (!hasAnyTable(columns)) throw noTables(basics.database, await findElsewhere());
  checkColumns(columns);
  checkRights(basics);
  return basics;
}

function noSchema(database: string, elsewhere: readonly string[]): Failure {
  return new Failure(
    'failed',
    `The database "${database}" has no schema pgagent.`,
    whereToLook(elsewhere) ??
      'Name the database that pgAgent is in by --source or PGDATABASE (pgAdmin puts it into "postgres").',
  );
}

function noTables(database: string, elsewhere: readonly string[]): Failure {
  return new Failure(
    'failed',
    `The schema pgagent in the database "${database}" has none of pgAgent's tables. DROP EXTENSION pgagent leaves an empty schema.`,
    whereToLook(elsewhere) ??
      'Restore the tables from a backup, or name the database that pgAgent is in by --source or PGDATABASE.',
  );
}

function whereToLook(databases: readonly string[]): string | null {
  if (databases.length === 0) return null;
  return `pgAgent is in ${databases.map((name) => `"${name}"`).join(', ')} on this server: name it by --source "dbname=..." or PGDATABASE.`;
}

/** @param columns those that are there: `pga_job.jobid` */
function hasAnyTable(columns: ReadonlySet<string>): boolean {
  return [...columns].some((column) => Object.hasOwn(NEEDED, column.split('.')[0] ?? ''));
}

function checkColumns(there: ReadonlySet<string>): void {
  const [missing] = Object.entries(NEEDED).flatMap(([table, columns]) =>
    columns.map((column) => `${table}.${column}`).filter((name) => !there.has(name)),
  );
  if (missing !== undefined) throw tooOld(missing);
}

/** @param missing a column: `pga_job.jobdesc` */
export function tooOld(missing: string): Failure {
  return new Failure(
    'failed',
    `The schema pgagent is older than 3.4: it has no ${missing}.`,
    'Upgrade it: ALTER EXTENSION pgagent UPDATE, or pgAgent’s own upgrade script.',
  );
}

function checkRights({ user, mayUse, denied }: Basics): void {
  const grant = `Grant it: GRANT USAGE ON SCHEMA pgagent TO "${user}"; GRANT SELECT ON ALL TABLES IN SCHEMA pgagent TO "${user}";`;
  if (!mayUse) throw new Failure('failed', `The user "${user}" may not use the schema pgagent.`, grant);
  if (denied.length > 0)
    throw new Failure('failed', `The user "${user}" may not read ${denied.join(', ')}.`, grant);
}

/** What pgAgent's own tables and functions tell, with what is known already. */
export async function readSourceFacts(client: Client, basics: Basics): Promise<SourceFacts> {
  const { hasSchema: _, mayUse: _u, tellsVersion, denied: _d, ...facts } = basics;
  const [agents, agentRoles, version] = await together([
    connectedAgents(client, facts.isInRecovery),
    rolesOfAgents(client),
    tellsVersion && facts.schemaVersion === null ? versionWithoutExtension(client) : 'of an unknown version',
  ]);
  return { ...facts, agents, agentRoles, schemaVersion: facts.schemaVersion ?? version };
}

// A schema that pgAgent's script made tells its major version by a function.
async function versionWithoutExtension(client: Client): Promise<string> {
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

async function rolesOfAgents(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ role: string }>(`
    SELECT DISTINCT s.usename AS role
      FROM pgagent.pga_jobagent a
      JOIN pg_catalog.pg_stat_activity s ON ${IS_AGENTS_SESSION}
     ORDER BY 1`);
  return rows.map(({ role }) => role);
}
