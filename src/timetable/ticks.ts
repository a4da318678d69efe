import type { Client } from '../postgres/connect.ts';

/** How the second is known: by the newest line that the client logged about a tick, or by when it connected. */
export type TickSource =
  | { readonly kind: 'log'; readonly at: number }
  | { readonly kind: 'session'; readonly startedAt: number };

/** At which second of the minute a pg_timetable client takes the chains that are due. */
export interface ClientTick {
  readonly clientName: string;
  /** Whether a session of it is there; the rows of a client that was killed stay until the next one starts. */
  readonly isConnected: boolean;
  /** 0 or more, less than 60; null where nothing tells. */
  readonly second: number | null;
  /** How far the second may be off, in seconds, either way; of no meaning without a second. */
  readonly margin: number;
  readonly source: TickSource | null;
}

/** A row of timetable.active_chain: a chain that runs, or that was running when its client died. */
export interface ActiveChain {
  readonly chainId: string;
  readonly clientName: string;
  /** null in schemas of 4.8 and older */
  readonly startedAt: number | null;
  /** Whether a session of the client is there. */
  readonly isClientConnected: boolean;
  /**
   * How many sessions of the client are in a transaction. Each chain that runs is in one, from a moment behind its row's
   * start to a moment before its row's end: with fewer of them than rows, twice, rows are left over.
   */
  readonly openTransactions: number;
}

/** The client's clock, which its log is by, and its SELECT, which takes its time. */
const MARGIN_OF_LOG = 1;
const MARGIN_OF_SESSION = 2;

// A session of pg_timetable's is one of this database that is not younger than its row. Columns that older schemas lack
// are read by way of jsonb. Each connection of a client's pool has its row; the client's id is the same in all.
const SESSIONS = `
  SELECT s.client_name, s.client_pid, s.server_pid,
         (to_jsonb(s) ->> 'started_at')::timestamptz AS started_at, a.pid IS NOT NULL AS is_connected
    FROM timetable.active_session s
    LEFT JOIN pg_catalog.pg_stat_activity a
           ON a.pid = s.server_pid AND a.datname = current_database()
          AND coalesce(a.backend_start <= (to_jsonb(s) ->> 'started_at')::timestamptz, true)`;

// The log has no index, and may be of any size: its last gigabyte is read.
const TICKS = `
  WITH session AS (${SESSIONS}),
       tick AS (
         SELECT l.client_name, l.pid, max(l.ts) AS at
           FROM timetable.log l
          WHERE l.ctid >= format('(%s,0)', greatest(0, (pg_catalog.pg_relation_size('timetable.log') - 1073741824)
                                                       / current_setting('block_size')::int))::tid
            AND l.message = 'Retrieve scheduled chains to run'
            AND l.ts BETWEEN clock_timestamp() - interval '3 minutes' AND clock_timestamp() + interval '1 second'
          GROUP BY 1, 2)
  SELECT s.client_name AS name, bool_or(s.is_connected) AS "isConnected",
         extract(epoch FROM max(t.at) FILTER (WHERE s.is_connected))::text AS ticked,
         extract(epoch FROM min(s.started_at) FILTER (WHERE s.is_connected))::text AS started
    FROM session s
    LEFT JOIN tick t ON t.client_name = s.client_name AND t.pid = s.client_pid
   GROUP BY s.client_name
   ORDER BY s.client_name COLLATE "C"`;

/**
 * Reads when each client of the target ticks. Its log wins; where it logs less than `info` to the database, the start of its oldest
 * session tells.
 * @param client of a user that may read timetable.active_session and timetable.log
 */
export async function readTicks(client: Client): Promise<readonly ClientTick[]> {
  const { rows } = await client.query<{
    name: string;
    isConnected: boolean;
    ticked: string | null;
    started: string | null;
  }>(TICKS);
  return rows.map(({ name, isConnected, ticked, started }) => {
    const known = { clientName: name, isConnected };
    if (ticked !== null)
      return {
        ...known,
        second: Number(ticked) % 60,
        margin: MARGIN_OF_LOG,
        source: { kind: 'log', at: Number(ticked) * 1000 },
      };
    if (started !== null)
      return {
        ...known,
        second: Number(started) % 60,
        margin: MARGIN_OF_SESSION,
        source: { kind: 'session', startedAt: Number(started) * 1000 },
      };
    return { ...known, second: null, margin: 0, source: null };
  });
}

/**
 * Lists what runs now on pg_timetable's side, or was left over there.
 * @param client of a user that may read timetable.active_session and timetable.active_chain
 */
export async function readActiveChains(client: Client): Promise<readonly ActiveChain[]> {
  const { rows } = await client.query<ActiveChain & { started: string | null }>(`
    WITH session AS (${SESSIONS}),
         owner AS (
           SELECT s.client_name, count(DISTINCT l.pid)::int AS in_transaction
             FROM session s
             LEFT JOIN pg_catalog.pg_locks l ON l.pid = s.server_pid AND l.locktype = 'virtualxid' AND l.granted
            WHERE s.is_connected
            GROUP BY 1)
    SELECT c.chain_id::text AS "chainId", c.client_name AS "clientName",
           extract(epoch FROM (to_jsonb(c) ->> 'started_at')::timestamptz)::text AS started,
           o.client_name IS NOT NULL AS "isClientConnected", coalesce(o.in_transaction, 0) AS "openTransactions"
      FROM timetable.active_chain c
      LEFT JOIN owner o ON o.client_name = c.client_name
     ORDER BY c.chain_id, c.client_name COLLATE "C"`);
  return rows.map(({ started, ...row }) => ({
    ...row,
    startedAt: started === null ? null : Number(started) * 1000,
  }));
}
