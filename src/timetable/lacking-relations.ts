import pg from 'pg';
import type { Client } from '../postgres/connect.ts';
import { type Lack, type Look, type Looker, onSchema } from './lack.ts';
import type { NeededObject } from './needed-objects.ts';

/** The rights on tables, views and sequences, and on what stands around them. */
export const lackingOnRelations: Look = async (client, looker, objects) => {
  const relations = await findRelations(client, looker, objects);
  return [
    ...relations.flatMap((relation) => aboutRelation(relation, looker)),
    ...(await lackingSequences(client, looker, relations)),
  ];
};

/** A relation that is there, with one right that is needed on it. */
interface Relation {
  readonly id: number;
  readonly oid: string;
  readonly name: string;
  readonly isSequence: boolean;
  readonly schema: string;
  readonly hasUsage: boolean;
  readonly owner: string;
  readonly isOwnerSuperuser: boolean;
  readonly isUnderRowSecurity: boolean;
  readonly right: string | null;
  readonly isAllowed: boolean;
}

async function findRelations(
  client: Client,
  { role, path, version }: Looker,
  objects: readonly NeededObject[],
): Promise<readonly Relation[]> {
  const wanted = objects.flatMap(({ id, object, rights }) =>
    object.kind === 'relation' ? [{ id, ...object, rights: [...rights] }] : [],
  );
  if (wanted.length === 0) return [];
  // Some of what an owner may do is also given by MAINTAIN or by owning the database; which, is not told here.
  const maintains = version >= 17 ? `pg_catalog.has_table_privilege($1, f.subject, 'MAINTAIN')` : 'false';
  const { rows } = await client.query<Relation>(
    `WITH wanted AS (SELECT * FROM unnest($3::int[], $4::text[], $5::text[]) AS w (id, schema, name)),
          found AS (
            SELECT w.id, c.*
              FROM wanted w
             CROSS JOIN LATERAL (
                   SELECT c.oid, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relowner,
                          n.oid AS schema_oid, quote_ident(n.nspname) AS schema,
                          coalesce(i.indrelid, c.oid) AS subject
                     FROM pg_catalog.pg_class c
                     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                     LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
                    WHERE c.relname = w.name AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'i', 'I')
                      AND n.nspname = ANY (CASE WHEN w.schema IS NULL THEN $2::name[] ELSE ARRAY[w.schema::name] END)
                    ORDER BY array_position($2::name[], n.nspname)
                    LIMIT 1) c)
     SELECT f.id,
            f.oid::text AS oid,
            f.subject::regclass::text AS name,
            f.relkind = 'S' AS "isSequence",
            f.schema,
            pg_catalog.has_schema_privilege($1, f.schema_oid, 'USAGE') AS "hasUsage",
            pg_catalog.quote_ident(o.rolname) AS owner,
            o.rolsuper AS "isOwnerSuperuser",
            f.relrowsecurity AND NOT r.rolbypassrls
              AND (f.relforcerowsecurity OR NOT pg_catalog.pg_has_role($1, f.relowner, 'USAGE'))
              AS "isUnderRowSecurity",
            need.right,
            CASE WHEN need.right IS NULL THEN true
                 WHEN need.right = 'OWNER' THEN pg_catalog.pg_has_role($1, f.relowner, 'USAGE') OR ${maintains}
                      OR pg_catalog.pg_has_role($1, db.datdba, 'USAGE')
                 WHEN need.right IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
                      -- A right on some columns may be all that the step needs.
                      THEN pg_catalog.has_any_column_privilege($1, f.oid, need.right)
                 ELSE pg_catalog.has_table_privilege($1, f.oid, need.right) END AS "isAllowed"
       FROM found f
       JOIN pg_catalog.pg_roles o ON o.oid = f.relowner
       JOIN pg_catalog.pg_roles r ON r.rolname = $1
       JOIN pg_catalog.pg_database db ON db.datname = current_database()
       LEFT JOIN unnest($6::int[], $7::text[]) AS need (id, "right") ON need.id = f.id
      ORDER BY f.id, need.right`,
    [
      role,
      path,
      wanted.map(({ id }) => id),
      wanted.map(({ schema }) => schema),
      wanted.map(({ name }) => name),
      wanted.flatMap(({ id, rights }) => rights.map(() => id)),
      wanted.flatMap(({ rights }) => rights),
    ],
  );
  return rows;
}

const READS_OR_CHANGES_ROWS: ReadonlySet<string | null> = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE']);

function aboutRelation(relation: Relation, { role, version }: Looker): readonly Lack[] {
  const { id, name, schema, right, isSequence } = relation;
  const found: Lack[] = [];
  if (!relation.hasUsage) found.push(onSchema(id, schema, 'USAGE'));
  if (!relation.isAllowed && right === 'OWNER') found.push(ownership(relation, role, version));
  else if (!relation.isAllowed && right !== null)
    found.push({ id, on: `${isSequence ? 'SEQUENCE' : 'TABLE'} ${name}`, right, whole: null });
  if (relation.isUnderRowSecurity && READS_OR_CHANGES_ROWS.has(right))
    found.push({
      id,
      on: `row security ${name}`,
      right: null,
      whole: {
        what: `the row-level security of ${name}, which shows it fewer rows`,
        mend: `ALTER ROLE ${pg.escapeIdentifier(role)} BYPASSRLS;`,
      },
    });
  return found;
}

function ownership(relation: Relation, role: string, version: number): Lack {
  const { id, name, owner, isOwnerSuperuser } = relation;
  const to = pg.escapeIdentifier(role);
  const mends =
    version >= 17 ? `GRANT MAINTAIN ON TABLE ${name} TO ${to};` : `ALTER TABLE ${name} OWNER TO ${to};`;
  return {
    id,
    on: `ownership ${name}`,
    right: null,
    whole: {
      what: `ownership of ${name}`,
      // A membership in a superuser's role would be too much.
      mend: isOwnerSuperuser ? mends : `GRANT ${owner} TO ${to};`,
    },
  };
}

/** The sequences behind columns that an INSERT may leave to their default. */
async function lackingSequences(
  client: Client,
  { role }: Looker,
  relations: readonly Relation[],
): Promise<readonly Lack[]> {
  const inserted = relations.filter(({ right }) => right === 'INSERT');
  if (inserted.length === 0) return [];
  const { rows } = await client.query<{ id: number; sequence: string }>(
    `SELECT DISTINCT t.id, s.oid::regclass::text AS sequence
       FROM unnest($2::int[], $3::oid[]) AS t (id, oid)
       JOIN pg_catalog.pg_attrdef d ON d.adrelid = t.oid
       JOIN pg_catalog.pg_depend p ON p.classid = 'pg_catalog.pg_attrdef'::regclass AND p.objid = d.oid
                                  AND p.refclassid = 'pg_catalog.pg_class'::regclass
       JOIN pg_catalog.pg_class s ON s.oid = p.refobjid
      -- CASE, since nothing else keeps the server from asking of other relations first, which is an error.
      WHERE NOT CASE WHEN s.relkind = 'S' THEN pg_catalog.has_sequence_privilege($1, s.oid, 'USAGE, UPDATE')
                ELSE true END`,
    [role, inserted.map(({ id }) => id), inserted.map(({ oid }) => oid)],
  );
  return rows.map(({ id, sequence }) => ({ id, on: `SEQUENCE ${sequence}`, right: 'USAGE', whole: null }));
}
