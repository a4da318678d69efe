import type { Client } from './connect.ts';

/** A collation of a server. */
export interface ServerCollation {
  /** As SQL names it. */
  readonly sql: string;
  /** What the database sorts by where it is the default: `en_US.UTF-8`; else its own name. */
  readonly name: string;
}

/**
 * A collation that the database of this session can sort by.
 * @param name as in pg_collation, or as a locale is written: `en_US.UTF-8` for `en_US.utf8`; `default` for the database's own
 * @returns null where there is none
 */
export async function findCollation(client: Client, name: string): Promise<ServerCollation | null> {
  // Names that only differ in bytes may be equal to one that is not deterministic.
  const { rows } = await client.query<ServerCollation>(
    `SELECT quote_ident(n.nspname) || '.' || quote_ident(c.collname) AS sql,
            CASE WHEN c.collname <> 'default' THEN c.collname
                 ELSE coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', d.datcollate) END AS name
       FROM pg_catalog.pg_collation c
       JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
       JOIN pg_catalog.pg_database d ON d.datname = current_database()
      WHERE lower(replace(c.collname, '-', '')) = lower(replace($1, '-', ''))
        AND c.collencoding IN (-1, d.encoding)
        AND to_jsonb(c) ->> 'collisdeterministic' IS DISTINCT FROM 'false'
      ORDER BY c.collname <> $1, n.nspname <> 'pg_catalog'
      LIMIT 1`,
    [name],
  );
  return rows[0] ?? null;
}

/** Texts in the order of a collation. */
export async function sortedBy(
  client: Client,
  { sql }: ServerCollation,
  texts: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await client.query<{ text: string }>(
    `SELECT text FROM unnest($1::text[]) AS text ORDER BY text COLLATE ${sql}`,
    [texts],
  );
  return rows.map(({ text }) => text);
}
