import type { Client } from '../postgres/connect.ts';

/** What a run does to chains beyond adding them. */
export interface ChainChanges {
  /** Takes out what is there and makes it anew. */
  readonly replaces: boolean;
  /** Writes chains paused and sets them live afterwards. */
  readonly setsLive: boolean;
}

/**
 * The rights on pg_timetable's tables that such a run needs beyond those of every run, and this user lacks:
 * `DELETE on timetable.chain`. Tasks and parameters go with their chain, by foreign keys that work with the rights of
 * the tables' owner.
 */
export async function missingCutoverRights(
  client: Client,
  { replaces, setsLive }: ChainChanges,
): Promise<readonly string[]> {
  const needed = [
    ...(replaces ? ['SELECT parameter', 'DELETE chain'] : []),
    ...(replaces || setsLive ? ['UPDATE chain'] : []),
  ].map((text) => text.split(' '));
  const { rows } = await client.query<{ missing: string }>(
    `SELECT needed.r || ' on timetable.' || needed.t AS missing
       FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS needed (r, t, place)
      WHERE NOT pg_catalog.has_table_privilege('timetable.' || needed.t, needed.r)
      ORDER BY place`,
    [needed.map(([right]) => right), needed.map(([, table]) => table)],
  );
  return rows.map(({ missing }) => missing);
}
