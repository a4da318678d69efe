import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../postgres/connect.ts';
import { IS_ITS_SESSION } from './live-sessions.ts';

/** A row of timetable.active_chain that no run backs. */
export interface LeftRun {
  readonly chainId: string;
  /** null where there is no such chain any more. */
  readonly chainName: string | null;
  readonly clientName: string;
  /** Whether that client is connected: only its own restart clears the row then. */
  readonly isConnected: boolean;
  /** Whether the chain cannot start while such rows are there: as many as its max_instances. */
  readonly blocks: boolean;
}

/** Longer than a chain's end takes from its commit to the deletion of its row. */
const BETWEEN_LOOKS = 300;

/**
 * The runs that timetable.active_chain still lists although nothing runs: the client is gone, or it has no transaction
 * open that is younger than the row, which every running chain has (pg_timetable: InsertChainRunStatus, then
 * StartTransaction). Looked at twice, since a row outlives its chain's transaction by a moment.
 * @returns null where this user may not read that table
 */
export async function findLeftRuns(client: Client): Promise<readonly LeftRun[] | null> {
  const { rows } = await client.query<{ allowed: boolean }>(
    `SELECT pg_catalog.has_table_privilege(to_regclass('timetable.active_chain'), 'SELECT') AS allowed`,
  );
  if (!rows[0]?.allowed) return null;
  const first = await lookOnce(client);
  if (first.length === 0) return [];
  await sleep(BETWEEN_LOOKS);
  const there = new Set((await lookOnce(client)).map(({ row }) => row));
  return first.filter(({ row }) => there.has(row)).map(({ row: _, ...left }) => left);
}

async function lookOnce(client: Client): Promise<readonly (LeftRun & { readonly row: string })[]> {
  const { rows } = await client.query(`
    WITH session AS (
      SELECT s.client_name, a.xact_start,
             -- All of another role's session but its name is hidden from those who may not look.
             a.state IS NULL AS "isHidden"
        FROM timetable.active_session s
        JOIN pg_catalog.pg_stat_activity a ON ${IS_ITS_SESSION}
    ), run AS (
      SELECT r.chain_id, r.client_name, r.started_at, r.ctid,
             EXISTS (SELECT FROM session s WHERE s.client_name = r.client_name) AS "isConnected"
        FROM timetable.active_chain r
    ), left_run AS (
      SELECT * FROM run r
       WHERE NOT EXISTS (SELECT FROM session s
                          WHERE s.client_name = r.client_name
                            AND (s.xact_start >= r.started_at OR s."isHidden"))
    )
    SELECT concat_ws(' ', l.ctid, l.chain_id, l.client_name, l.started_at) AS row,
           l.chain_id::text AS "chainId",
           c.chain_name AS "chainName",
           l.client_name AS "clientName",
           l."isConnected",
           coalesce(count(*) OVER (PARTITION BY l.chain_id) >= coalesce(c.max_instances, 16), false) AS blocks
      FROM left_run l
      LEFT JOIN timetable.chain c ON c.chain_id = l.chain_id
     ORDER BY l.chain_id, l.client_name`);
  return rows;
}
