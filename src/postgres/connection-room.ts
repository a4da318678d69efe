import type { Client } from './connect.ts';

/** A limit on sessions that a new session of a role in this database comes up against. */
export interface ConnectionLimit {
  readonly kind: 'server' | 'database' | 'role';
  /** The sessions that it allows this role, reserved ones taken off. */
  readonly most: number;
  /** The sessions that count for it now, those of this tool left out: they end with the run. */
  readonly inUse: number;
}

/**
 * The limits that hold for a role's sessions in this database. Superusers come up against that of the server alone, and
 * may use what is reserved for them (PostgreSQL: InitPostgres).
 * @param role null for the one that this session connected as
 */
export async function connectionLimits(
  client: Client,
  role: string | null,
): Promise<readonly ConnectionLimit[]> {
  const { rows } = await client.query<ConnectionLimit>(
    `WITH who AS (
       SELECT r.oid, r.rolname, r.rolsuper, r.rolconnlimit,
              coalesce(pg_catalog.pg_has_role(r.oid, to_regrole('pg_use_reserved_connections')::oid, 'USAGE'), false)
                AS "mayUseReserved"
         FROM pg_catalog.pg_roles r WHERE r.rolname = coalesce($1::name, session_user)
     ), session AS (
       SELECT a.datid, a.usesysid
         FROM pg_catalog.pg_stat_activity a
        WHERE a.datid IS NOT NULL AND a.usesysid IS NOT NULL
          -- What kind of session another role's is may be hidden.
          AND coalesce(a.backend_type, 'client backend') = 'client backend'
          AND NOT (a.application_name = 'pga2timetable' AND a.usesysid = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = session_user))
     )
     SELECT 'server' AS kind,
            current_setting('max_connections')::int
              - CASE WHEN w.rolsuper THEN 0
                     ELSE current_setting('superuser_reserved_connections')::int
                          -- Since PostgreSQL 16.
                          + CASE WHEN w."mayUseReserved" THEN 0
                                 ELSE coalesce(current_setting('reserved_connections', true)::int, 0) END
                END AS most,
            (SELECT count(*)::int FROM session) AS "inUse"
       FROM who w
     UNION ALL
     SELECT 'database', d.datconnlimit, (SELECT count(*)::int FROM session s WHERE s.datid = d.oid)
       FROM who w, pg_catalog.pg_database d
      WHERE d.datname = current_database() AND d.datconnlimit >= 0 AND NOT w.rolsuper
     UNION ALL
     SELECT 'role', w.rolconnlimit, (SELECT count(*)::int FROM session s WHERE s.usesysid = w.oid)
       FROM who w
      WHERE w.rolconnlimit >= 0 AND NOT w.rolsuper`,
    [role],
  );
  return rows;
}
