import type { Client } from '../postgres/connect.ts';

/** Those of the names that chains of the target have already. */
export async function findTakenNames(client: Client, names: readonly string[]): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT chain_name AS name FROM timetable.chain WHERE chain_name = ANY ($1::text[]) ORDER BY 1`,
    [names],
  );
  return rows.map(({ name }) => name);
}

/** How many chains of the target are live. */
export async function countLiveChains(client: Client): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM timetable.chain WHERE live',
  );
  return rows[0]?.n ?? 0;
}
