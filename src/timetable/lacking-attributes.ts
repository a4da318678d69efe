import pg from 'pg';
import type { Lack, Look } from './lack.ts';

const DATABASE_OWNER = 'database owner';

interface Attribute {
  readonly id: number;
  readonly what: string;
  /** A role that PostgreSQL brings along, and that this server is too old to have. */
  readonly isUnknownRole: boolean;
  readonly database: string;
  readonly owner: string;
  readonly isOwnerSuperuser: boolean;
}

/** Attributes of the role itself, and memberships in the roles that PostgreSQL brings along (`pg_read_server_files`). */
export const lackingAttributes: Look = async (client, { role }, objects) => {
  const wanted = objects.flatMap(({ id, object }) =>
    object.kind === 'role-attribute' ? [{ id, ...object }] : [],
  );
  if (wanted.length === 0) return [];
  const { rows } = await client.query<Attribute>(
    `SELECT w.id,
            w.what,
            w.what LIKE 'pg\\_%' AND g.oid IS NULL AS "isUnknownRole",
            quote_ident(db.datname) AS database,
            quote_ident(o.rolname) AS owner,
            o.rolsuper AS "isOwnerSuperuser"
       FROM unnest($2::int[], $3::text[]) AS w (id, what)
       JOIN pg_catalog.pg_roles r ON r.rolname = $1
       JOIN pg_catalog.pg_database db ON db.datname = current_database()
       JOIN pg_catalog.pg_roles o ON o.oid = db.datdba
       LEFT JOIN pg_catalog.pg_roles g ON g.rolname = w.what AND w.what LIKE 'pg\\_%'
       LEFT JOIN pg_catalog.pg_roles m ON m.rolname = 'pg_maintain'
      WHERE NOT CASE w.what
                WHEN 'SUPERUSER' THEN r.rolsuper
                WHEN 'CREATEDB' THEN r.rolcreatedb
                WHEN 'CREATEROLE' THEN r.rolcreaterole
                WHEN '${DATABASE_OWNER}' THEN pg_catalog.pg_has_role($1, db.datdba, 'USAGE')
                     OR coalesce(pg_catalog.pg_has_role($1, m.oid, 'USAGE'), false)
                ELSE coalesce(pg_catalog.pg_has_role($1, g.oid, 'USAGE'), false) END
      ORDER BY w.id`,
    [role, wanted.map(({ id }) => id), wanted.map(({ what }) => what)],
  );
  return rows.map((attribute) => lackOf(attribute, pg.escapeIdentifier(role)));
};

function lackOf({ id, what, isUnknownRole, database, owner, isOwnerSuperuser }: Attribute, to: string): Lack {
  const whole = (text: string, mend: string): Lack => ({
    id,
    on: `role ${what}`,
    right: null,
    whole: { what: text, mend },
  });
  if (what === DATABASE_OWNER) {
    // A membership in a superuser's role would be too much.
    const mend = isOwnerSuperuser ? `ALTER DATABASE ${database} OWNER TO ${to};` : `GRANT ${owner} TO ${to};`;
    return whole(`ownership of the database ${database}`, mend);
  }
  if (what.startsWith('pg_') && !isUnknownRole)
    return whole(`membership in ${what}`, `GRANT ${what} TO ${to};`);
  const attribute = isUnknownRole ? 'SUPERUSER' : what;
  return whole(`the attribute ${attribute}`, `ALTER ROLE ${to} ${attribute};`);
}
