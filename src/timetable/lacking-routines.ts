import { type Look, onSchema } from './lack.ts';

/** The functions and procedures of which the role may call none of that name. */
export const lackingOnRoutines: Look = async (client, { role, path, version }, objects) => {
  const wanted = objects.flatMap(({ id, object }) => (object.kind === 'function' ? [{ id, ...object }] : []));
  if (wanted.length === 0) return [];
  const { rows } = await client.query<{ id: number; routines: string[]; schemas: string[] }>(
    `SELECT w.id,
            coalesce(array_agg(f.signature ORDER BY f.signature) FILTER (WHERE NOT f.may_call), '{}') AS routines,
            coalesce(array_agg(DISTINCT f.schema) FILTER (WHERE NOT f.may_look), '{}') AS schemas
       FROM unnest($3::int[], $4::text[], $5::text[]) AS w (id, schema, name)
      CROSS JOIN LATERAL (
            SELECT p.oid::regprocedure::text AS signature,
                   quote_ident(n.nspname) AS schema,
                   pg_catalog.has_schema_privilege($1, n.oid, 'USAGE') AS may_look,
                   pg_catalog.has_function_privilege($1, p.oid, 'EXECUTE') AS may_call
              FROM pg_catalog.pg_proc p
              JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
             WHERE p.proname = w.name
               AND n.nspname = ANY (CASE WHEN w.schema IS NULL THEN $2::name[] ELSE ARRAY[w.schema::name] END)) f
      GROUP BY w.id
     HAVING NOT bool_or(f.may_look AND f.may_call)
      ORDER BY w.id`,
    [
      role,
      path,
      wanted.map(({ id }) => id),
      wanted.map(({ schema }) => schema),
      wanted.map(({ name }) => name),
    ],
  );
  const kind = version >= 11 ? 'ROUTINE' : 'FUNCTION';
  return rows.flatMap(({ id, routines, schemas }) => [
    ...schemas.map((schema) => onSchema(id, schema, 'USAGE')),
    ...routines.map((routine) => ({ id, on: `${kind} ${routine}`, right: 'EXECUTE', whole: null })),
  ]);
};
