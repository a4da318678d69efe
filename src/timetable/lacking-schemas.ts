import { type Look, onSchema } from './lack.ts';

/** The right to make something in a schema: the one named, or the first of the search_path that the role may use. */
export const lackingOnSchemas: Look = async (client, { role, path }, objects) => {
  const wanted = objects.flatMap(({ id, object }) => (object.kind === 'schema' ? [{ id, ...object }] : []));
  if (wanted.length === 0) return [];
  const { rows } = await client.query<{ id: number; schema: string }>(
    `SELECT w.id, s.schema
       FROM unnest($3::int[], $4::text[]) AS w (id, schema)
      CROSS JOIN LATERAL (
            SELECT quote_ident(n.nspname) AS schema,
                   pg_catalog.has_schema_privilege($1, n.oid, 'CREATE') AS may_create
              FROM pg_catalog.pg_namespace n
             WHERE CASE WHEN w.schema IS NULL THEN n.nspname = ANY ($2::name[]) AND n.nspname <> 'pg_catalog'
                        ELSE n.nspname = w.schema END
             ORDER BY pg_catalog.has_schema_privilege($1, n.oid, 'USAGE') DESC, array_position($2::name[], n.nspname)
             LIMIT 1) s
      WHERE NOT s.may_create
      ORDER BY w.id`,
    [role, path, wanted.map(({ id }) => id), wanted.map(({ schema }) => schema)],
  );
  return rows.map(({ id, schema }) => onSchema(id, schema, 'CREATE'));
};
