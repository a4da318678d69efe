import type pg from 'pg';

/** The role and the database of a login. */
export interface Login {
  readonly role: string;
  readonly database: string;
}

/** Where a setting of a new session comes from, the strongest first. `all roles` is ALTER ROLE ALL SET. */
export type SettingLevel = 'role in database' | 'role' | 'database' | 'all roles' | 'server';

/** What ALTER ROLE or ALTER DATABASE ... SET has put down. */
export interface StoredSetting {
  /** As PostgreSQL writes it. */
  readonly name: string;
  readonly value: string;
  readonly from: SettingLevel;
}

/** A login, and what roles and databases of the server are given that counts for it. */
export interface LoginFacts extends Login {
  /** The strongest first; null where this user may not see it. */
  readonly stored: readonly StoredSetting[] | null;
}

/** Whether this user sees what roles and databases are given: everyone does, unless an administrator has taken that right away. */
export async function seesRoleSettings(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ allowed: boolean }>(
    `SELECT has_table_privilege('pg_catalog.pg_db_role_setting', 'SELECT') AS allowed`,
  );
  return rows[0]?.allowed ?? false;
}

// Precedence: GucSource in PostgreSQL's guc.h. The settings of groups do not count.
const STORED = `(
  SELECT coalesce(json_agg(json_build_object(
           'name', split_part(entry, '=', 1),
           'value', substr(entry, strpos(entry, '=') + 1),
           'from', CASE WHEN s.setrole <> 0 AND s.setdatabase <> 0 THEN 'role in database'
                        WHEN s.setrole <> 0 THEN 'role'
                        WHEN s.setdatabase <> 0 THEN 'database'
                        ELSE 'all roles' END) ORDER BY s.setrole <> 0 DESC, s.setdatabase <> 0 DESC), '[]')
    FROM pg_catalog.pg_db_role_setting AS s
   CROSS JOIN LATERAL unnest(s.setconfig) AS entry
   WHERE s.setrole IN (0, to_regrole(quote_ident(login.role))::oid)
     AND s.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = login.database)))`;

/**
 * @param role null for the one that this session connected as
 * @param seesStored what `seesRoleSettings` says
 * @param database another one of this server, which counts if there is one of this name; null for that of this session
 * @returns null where the server has no such role
 */
export async function readLogin(
  client: pg.Client,
  role: string | null,
  seesStored: boolean,
  database: string | null = null,
): Promise<LoginFacts | null> {
  const { rows } = await client.query<LoginFacts & { isThere: boolean }>(
    `SELECT login.role, login.database, to_regrole(quote_ident(login.role)) IS NOT NULL AS "isThere",
            ${seesStored ? STORED : 'NULL'} AS stored
       FROM (SELECT coalesce($1::name, session_user) AS role,
                    coalesce((SELECT datname FROM pg_catalog.pg_database WHERE datname = $2), current_database()) AS database)
            AS login`,
    [role, database],
  );
  const [found] = rows;
  if (!found?.isThere) return null;
  return { role: found.role, database: found.database, stored: found.stored };
}

/** Those of a setting, the strongest first. */
export function storedOf(stored: readonly StoredSetting[], name: string): readonly StoredSetting[] {
  return stored.filter((setting) => setting.name.toLowerCase() === name.toLowerCase());
}
