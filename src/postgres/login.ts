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

/**
 * @param role null for the one that this session connected as
 * @returns null where the server has no such role
 */
export async function findLogin(client: pg.Client, role: string | null): Promise<Login | null> {
  const { rows } = await client.query<Login & { isThere: boolean }>(
    `SELECT login.role,
            current_database() AS database,
            to_regrole(quote_ident(login.role)) IS NOT NULL AS "isThere"
       FROM (SELECT coalesce($1::name, session_user) AS role) AS login`,
    [role],
  );
  const [found] = rows;
  return found?.isThere ? { role: found.role, database: found.database } : null;
}

/**
 * What roles and databases of this server are given that counts for a login, the strongest first; null where this user
 * may not see it. Precedence: GucSource in PostgreSQL's guc.h. The settings of groups do not count.
 * @param names of settings; null for all
 */
export async function storedSettings(
  client: pg.Client,
  { role, database }: Login,
  names: readonly string[] | null,
): Promise<readonly StoredSetting[] | null> {
  // Everyone may read it, unless an administrator has taken that right away.
  const allowed = await client.query<{ allowed: boolean }>(
    `SELECT has_table_privilege('pg_catalog.pg_db_role_setting', 'SELECT') AS allowed`,
  );
  if (!allowed.rows[0]?.allowed) return null;
  const { rows } = await client.query<StoredSetting>(
    `SELECT split_part(entry, '=', 1) AS name,
            substr(entry, strpos(entry, '=') + 1) AS value,
            CASE WHEN s.setrole <> 0 AND s.setdatabase <> 0 THEN 'role in database'
                 WHEN s.setrole <> 0 THEN 'role'
                 WHEN s.setdatabase <> 0 THEN 'database'
                 ELSE 'all roles' END AS "from"
       FROM pg_catalog.pg_db_role_setting AS s
      CROSS JOIN LATERAL unnest(s.setconfig) AS entry
      WHERE s.setrole IN (0, to_regrole(quote_ident($1))::oid)
        AND s.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = $2))
        AND ($3::text[] IS NULL OR lower(split_part(entry, '=', 1) COLLATE "C") = ANY ($3))
      ORDER BY s.setrole <> 0 DESC, s.setdatabase <> 0 DESC`,
    [role, database, names?.map((name) => name.toLowerCase()) ?? null],
  );
  return rows;
}
