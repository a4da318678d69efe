import type { Server } from '../servers/postgres.ts';
import type { Catalog } from './recordings.ts';

const COLUMNS = (schema: string): string => `
  SELECT c.relname AS "table", a.attname AS "column", format_type(a.atttypid, a.atttypmod) AS type,
    a.attnotnull AS "notNull", pg_get_expr(d.adbin, d.adrelid) AS "default"
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  WHERE c.relnamespace = '${schema}'::regnamespace AND c.relkind = 'r' ORDER BY c.relname, a.attnum`;
const CONSTRAINTS = (schema: string): string => `
  SELECT conrelid::regclass::text AS "table", conname AS name, contype AS kind, pg_get_constraintdef(oid) AS definition
  FROM pg_constraint WHERE connamespace = '${schema}'::regnamespace AND conrelid <> 0 AND contype IN ('p', 'u', 'f', 'c')`;
const ENUMS = (schema: string): string => `
  SELECT t.typname AS name, array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
  FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
  WHERE t.typnamespace = '${schema}'::regnamespace GROUP BY 1`;
const FUNCTIONS = (schema: string): string => `
  SELECT oid::regprocedure::text AS signature FROM pg_proc WHERE pronamespace = '${schema}'::regnamespace ORDER BY 1`;

/** Constraints in an order of their own. */
export function sortedConstraints(constraints: Catalog['constraints']): Catalog['constraints'] {
  return [...constraints].sort((a, b) => (a.table + a.name < b.table + b.name ? -1 : 1));
}

/** The tables, constraints, enums and functions of a schema, in the form of the recording. */
export async function catalogOfSchema(
  server: Server,
  database: string,
  schema: string,
): Promise<Omit<Catalog, 'migrations'>> {
  const tables: Record<string, { column: string; type: string; notNull: boolean; default?: string }[]> = {};
  for (const { table, ...column } of (await server.run(database, COLUMNS(schema))).rows) {
    const columns = tables[table] ?? [];
    tables[table] = columns;
    if (column.default === null) delete column.default;
    columns.push(column);
  }
  return {
    tables,
    constraints: sortedConstraints((await server.run(database, CONSTRAINTS(schema))).rows),
    enums: Object.fromEntries(
      (await server.run(database, ENUMS(schema))).rows.map(({ name, labels }) => [name, labels]),
    ),
    functions: (await server.run(database, FUNCTIONS(schema))).rows.map(({ signature }) => signature),
  };
}
