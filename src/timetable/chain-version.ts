import type { Client } from '../postgres/connect.ts';

// Where a row stands, and which transaction wrote it, changes with each write.
const version = (table: string): string =>
  `(SELECT count(*) || '/' || sum(hashtextextended((ctid, xmin)::text, 0)) FROM timetable.${table})`;

const VERSION = `SELECT concat_ws(' ', ${['chain', 'task', 'parameter'].map(version).join(', ')}) AS version`;

/** A text that is another one as soon as somebody has written to the chains, their tasks or parameters. */
export async function versionOfChains(client: Client): Promise<string> {
  const { rows } = await client.query<{ version: string }>(VERSION);
  return rows[0]?.version ?? '';
}
