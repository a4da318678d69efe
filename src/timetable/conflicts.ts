import type { Client } from '../postgres/connect.ts';
import { hasRecord } from './record-table.ts';

/** Those of the names that chains of the target have already, with the ids of these chains. */
export async function findTakenNames(
  client: Client,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query<{ name: string; id: number }>(
    `SELECT chain_name AS name, chain_id::float8 AS id FROM timetable.chain WHERE chain_name = ANY ($1::text[]) ORDER BY 1`,
    [names],
  );
  return new Map(rows.map(({ name, id }) => [name, id]));
}

/**
 * Those of the chains that the record has for another source than this.
 * @param sources what this one is called
 */
export async function findChainsOfOthers(
  client: Client,
  sources: readonly string[],
  chainIds: readonly number[],
): Promise<ReadonlySet<number>> {
  if (chainIds.length === 0 || !(await hasRecord(client))) return new Set();
  const { rows } = await client.query<{ id: number }>(
    `SELECT (e.chain ->> 'id')::float8 AS id
       FROM pga2timetable.job j
      CROSS JOIN LATERAL jsonb_array_elements(j.chains) AS e (chain)
      WHERE j.source <> ALL ($1::text[]) AND (e.chain ->> 'id')::bigint = ANY ($2::bigint[])`,
    [sources, chainIds],
  );
  return new Set(rows.map(({ id }) => id));
}

/** How many chains of the target are live. */
export async function countLiveChains(client: Client): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM timetable.chain WHERE live',
  );
  return rows[0]?.n ?? 0;
}
