import type { QueryResult } from 'pg';
import { searchForUnreadable } from '../model/unreadable-text.ts';
import type { Client } from '../postgres/connect.ts';

/** How the bytes of a text come without a conversion. */
export const asBytes = (column: string): string => `convert_to(${column}, getdatabaseencoding())`;

/** What of such bytes is UTF-8; U+FFFD stands for the rest. */
export const readBytes = (bytes: Buffer): string => bytes.toString('utf8');

const SETTING = 'pga2timetable.unreadable';
const FOUND = `concat(current_setting('${SETTING}', true), ' ', r.jobid)`;

/**
 * The ids of the jobs with text that is not UTF-8, or that the server cannot send as UTF-8.
 * @param client in a transaction
 * @param encoding of its database
 */
export async function findUnreadableJobs(client: Client, encoding: string): Promise<ReadonlySet<number>> {
  // What such a database holds has been checked as it came in.
  if (encoding === 'UTF8') return new Set();
  const search = searchForUnreadable(encoding, `PERFORM set_config('${SETTING}', ${FOUND}, true);`);
  const results: unknown = await client.query(`${search} SELECT current_setting('${SETTING}', true) AS ids`);
  const [, found] = results as readonly QueryResult<{ ids: string | null }>[];
  return new Set((found?.rows[0]?.ids ?? '').split(' ').filter(Boolean).map(Number));
}
