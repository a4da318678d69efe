import type { Client } from './connect.ts';

/** A column that a sequence of its own numbers. */
export interface Numbered {
  /** With its schema. */
  readonly table: string;
  readonly column: string;
}

/** The statement that brings such a sequence up to its table. */
export function setvalFor({ table, column }: Numbered): string {
  return `SELECT setval(pg_get_serial_sequence('${table}', '${column}'), (SELECT max(${column}) FROM ${table}));`;
}

/**
 * Those whose sequence gives a number that a row has already, as after a restore of rows alone. A sequence that this user may
 * not use says nothing.
 * @param columns each with how many numbers will be taken; Infinity for any number
 */
export async function findSequencesBehind<Column extends Numbered & { readonly taken: number }>(
  client: Client,
  columns: readonly Column[],
): Promise<readonly Column[]> {
  // One that was never used starts at its first number.
  const looks = columns.map(
    ({ table, column, taken }, index) => `
    SELECT ${index} AS index
      FROM pg_catalog.pg_sequences s
     WHERE format('%I.%I', s.schemaname, s.sequencename) = pg_get_serial_sequence('${table}', '${column}')
       AND has_sequence_privilege(pg_get_serial_sequence('${table}', '${column}'), 'USAGE, SELECT')
       AND EXISTS (SELECT FROM ${table}
                    WHERE ${column} >= coalesce(s.last_value + s.increment_by, s.start_value)${
                      taken === Infinity
                        ? ''
                        : ` AND ${column} < coalesce(s.last_value + s.increment_by, s.start_value) + ${taken}`
                    })`,
  );
  const { rows } = await client.query<{ index: number }>(looks.join(' UNION ALL '));
  const behind = new Set(rows.map(({ index }) => index));
  return columns.filter((_, index) => behind.has(index));
}
