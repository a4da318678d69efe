import type { Client } from '../postgres/connect.ts';
import { rowVersion } from '../postgres/row-version.ts';

const TABLES = ['chain', 'task', 'parameter'].map((table) => rowVersion(`timetable.${table}`));
const VERSION = `SELECT concat_ws(' ', ${TABLES.join(', ')}) AS version`;

/** A text that is another one as soon as somebody has written to the chains, their tasks or parameters. */
export async function versionOfChains(client: Client): Promise<string> {
  const { rows } = await client.query<{ version: string }>(VERSION);
  return rows[0]?.version ?? '';
}
