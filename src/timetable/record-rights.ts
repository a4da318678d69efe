import type { Client } from '../postgres/connect.ts';

/** Whether this user can keep the tool's record, the schema pga2timetable. */
export type RecordRights =
  | { readonly kind: 'kept' }
  /** It is not there, and can be made. */
  | { readonly kind: 'to-be-made' }
  /** It is not there, and may not be made: CREATE on the database is lacking. */
  | { readonly kind: 'may-not-be-made' }
  /** It is there, and this is lacking: `USAGE on schema pga2timetable`. */
  | { readonly kind: 'not-usable'; readonly missing: readonly string[] };

/** Looks at the schema in which the tool writes down what it made. */
export async function recordRights(client: Client): Promise<RecordRights> {
  const { rows } = await client.query<{
    isThere: boolean;
    hasTable: boolean;
    mayCreateSchema: boolean;
    mayUse: boolean | null;
    mayCreateTable: boolean | null;
    missingOnTables: readonly string[];
  }>(`
    SELECT s.oid IS NOT NULL AS "isThere",
           t.oid IS NOT NULL AS "hasTable",
           pg_catalog.has_database_privilege(current_database(), 'CREATE') AS "mayCreateSchema",
           pg_catalog.has_schema_privilege(s.oid, 'USAGE') AS "mayUse",
           pg_catalog.has_schema_privilege(s.oid, 'CREATE') AS "mayCreateTable",
           ARRAY (SELECT r || ' on pga2timetable.' || kept.relname
                    FROM pg_catalog.pg_class kept
                   CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) WITH ORDINALITY AS needed (r, place)
                   WHERE kept.relnamespace = s.oid AND kept.relkind = 'r'
                     AND NOT pg_catalog.has_table_privilege(kept.oid, r)
                   ORDER BY kept.relname, place) AS "missingOnTables"
      FROM (VALUES ('pga2timetable')) AS wanted (name)
      LEFT JOIN pg_catalog.pg_namespace s ON s.nspname = wanted.name
      LEFT JOIN pg_catalog.pg_class t ON t.relnamespace = s.oid AND t.relname = 'job'`);
  const [found] = rows;
  if (!found?.isThere) return { kind: found?.mayCreateSchema ? 'to-be-made' : 'may-not-be-made' };
  const missing = [
    ...(found.mayUse ? [] : ['USAGE on schema pga2timetable']),
    ...(found.hasTable || found.mayCreateTable ? [] : ['CREATE on schema pga2timetable']),
    ...(found.hasTable ? found.missingOnTables : []),
  ];
  return missing.length === 0 ? { kind: 'kept' } : { kind: 'not-usable', missing };
}
