import type { Client } from '../postgres/connect.ts';
import { IS_ITS_SESSION } from './live-sessions.ts';

/**
 * How the second is known: by the newest line that the client logged about a tick, by its own clock; or by when it opened
 * its connections, by the server's, of which `agreeing` of `connections` say so.
 */
export type TickSource =
  | { readonly kind: 'log'; readonly at: number }
  | { readonly kind: 'sessions'; readonly agreeing: number; readonly connections: number };

/** At which second of the minute a pg_timetable client takes the chains that are due. */
export interface ClientTick {
  readonly clientName: string;
  /** Whether a session of it is there; the rows of a client that was killed stay until the next one starts. */
  readonly isConnected: boolean;
  /** 0 or more, less than 60; null where it is not known. */
  readonly second: number | null;
  /** How far the second may be off, in seconds, either way; 30 where it is not known. */
  readonly margin: number;
  readonly source: TickSource | null;
}

/** What the target shows of a client. Instants are milliseconds since 1970 UTC. */
export interface SeenClient {
  readonly clientName: string;
  readonly isConnected: boolean;
  /** The newest line of the last minutes that it logged about a tick. */
  readonly loggedTick: number | null;
  /** How many chains it may run by schedule. */
  readonly liveChains: number;
  /** When the connections that it still has or had recently were opened. */
  readonly connectionStarts: readonly number[];
}

/** A row of timetable.active_chain: a chain that runs, or that was running when its client died. */
export interface ActiveChain {
  readonly chainId: string;
  readonly clientName: string;
  /** null in schemas that are too old to say */
  readonly startedAt: number | null;
  /** Whether a session of the client is there. */
  readonly isClientConnected: boolean;
  /**
   * How many sessions of the client are in a transaction. Each chain that runs holds one or two, from a moment after its
   * row's start to a moment before its row's end: with fewer of them than rows, at two looks, rows are left over.
   */
  readonly openTransactions: number;
}

/** In seconds. */
const MARGIN = 1;
/** In milliseconds: a client logs a tick when it has asked which of its chains are due: 0.15 measured, doubled. */
const LATENESS_A_CHAIN = 0.3;
const MARGIN_OF_ONE_CONNECTION = 2;
const MINUTE = 60_000;
/** In milliseconds: connections that a tick opens are opened within it. */
const CLUSTER = 500;

// A session of pg_timetable's is one of this database that is not younger than its row. Columns that older schemas lack
// are read by way of jsonb. Each connection of a client's pool has its row; the client's id is the same in all.
const SESSIONS = `
  SELECT s.client_name, s.client_pid, s.server_pid,
         (to_jsonb(s) ->> 'started_at')::timestamptz AS started_at, a.pid IS NOT NULL AS is_connected
    FROM timetable.active_session s
    LEFT JOIN pg_catalog.pg_stat_activity a ON ${IS_ITS_SESSION}`;

/** SQL for the last gigabyte of a table that has no index and may be of any size. */
const lastGigabyte = (table: string): string => `
  ctid >= format('(%s,0)', greatest(0, pg_catalog.pg_relation_size('${table}') - 1073741824)
                             / current_setting('block_size')::int)::tid`;
const TICK_MESSAGE = "message = 'Retrieve scheduled chains to run'";

// A client that starts anew has another id.
const CLIENTS = `
  WITH session AS (${SESSIONS}),
       owner AS (
         SELECT client_name, client_pid, bool_or(is_connected) AS is_connected, max(started_at) AS newest,
                array_agg((extract(epoch FROM started_at) * 1000)::int8::text ORDER BY started_at)
                  FILTER (WHERE started_at IS NOT NULL) AS starts
           FROM session
          GROUP BY 1, 2),
       tick AS (
         SELECT l.client_name, l.pid, max(l.ts) AS at
           FROM timetable.log l
          WHERE ${lastGigabyte('timetable.log')}
            AND ${TICK_MESSAGE}
            AND l.ts BETWEEN clock_timestamp() - interval '2 minutes' AND clock_timestamp() + interval '1 minute'
          GROUP BY 1, 2)
  SELECT DISTINCT ON (o.client_name COLLATE "C")
         o.client_name AS name, o.is_connected AS "isConnected", o.starts,
         (SELECT count(*)::int FROM timetable.chain c
           WHERE c.live AND (c.client_name IS NULL OR c.client_name = o.client_name)) AS "liveChains",
         (extract(epoch FROM t.at) * 1000)::int8::text AS ticked
    FROM owner o
    LEFT JOIN tick t ON t.client_name = o.client_name AND t.pid = o.client_pid
   ORDER BY o.client_name COLLATE "C", o.is_connected DESC, o.newest DESC NULLS LAST`;

/**
 * Reads when each client of the target ticks.
 * @param client of a user that may read timetable.active_session and timetable.log, in no transaction
 */
export async function readTicks(client: Client): Promise<readonly ClientTick[]> {
  const { rows } = await client.query<{
    name: string;
    isConnected: boolean;
    liveChains: number;
    ticked: string | null;
    starts: readonly string[] | null;
  }>(CLIENTS);
  return rows.map(({ name, isConnected, liveChains, ticked, starts }) =>
    tickOf({
      clientName: name,
      isConnected,
      liveChains,
      loggedTick: ticked === null ? null : Number(ticked),
      connectionStarts: (starts ?? []).map(Number),
    }),
  );
}

/**
 * Reads when each client last looked for due chains, or began one, connected or not: milliseconds since 1970 UTC, by name.
 * @param client of a user that may read timetable.log and timetable.execution_log
 */
export async function readLastTurns(client: Client): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query<{ name: string; at: string }>(`
    SELECT name, (extract(epoch FROM max(at)) * 1000)::int8::text AS at
      FROM (SELECT client_name AS name, ts AS at
              FROM timetable.log
             WHERE ${lastGigabyte('timetable.log')} AND ${TICK_MESSAGE}
             UNION ALL
            -- A row is of a task, and the tasks of a run have one txid.
            SELECT client_name, min(last_run)
              FROM timetable.execution_log
             WHERE ${lastGigabyte('timetable.execution_log')} AND last_run > now() - interval '30 days'
             GROUP BY client_name, txid) AS turn
     WHERE name IS NOT NULL
     GROUP BY name`);
  return new Map(rows.map(({ name, at }) => [name, Number(at)]));
}

/**
 * Which of some chains have ever run a task.
 * @param client of a user that may read timetable.execution_log
 */
export async function chainsThatRan(
  client: Client,
  chainIds: readonly number[],
): Promise<ReadonlySet<number>> {
  const { rows } = await client.query<{ id: number }>(
    'SELECT DISTINCT chain_id::float8 AS id FROM timetable.execution_log WHERE chain_id = ANY ($1::bigint[])',
    [chainIds],
  );
  return new Set(rows.map(({ id }) => id));
}

/** The clients that chains are bound to, by the id of the chain; null for any. */
export async function readClientNames(
  client: Client,
  chainIds: readonly number[],
): Promise<ReadonlyMap<number, string | null>> {
  const { rows } = await client.query<{ id: number; clientName: string | null }>(
    'SELECT chain_id::float8 AS id, client_name AS "clientName" FROM timetable.chain WHERE chain_id = ANY ($1::bigint[])',
    [chainIds],
  );
  return new Map(rows.map(({ id, clientName }) => [id, clientName]));
}

/**
 * Tells the second of a client's tick by what is seen of it. A client ticks each 60 seconds from its start, and opens a
 * connection where it has none to spare: at its start, at a tick, or when a chain ends. So the second at which most were
 * opened is the tick's, unless many chains end together. The log wins, unless it comes late after many chains; it is by
 * the client's own clock: where most connections say another second, by so much it may be off.
 */
export function tickOf({ clientName, isConnected, ...seen }: SeenClient): ClientTick {
  const about = { clientName, isConnected };
  const bySessions = tickBySessions(seen.connectionStarts);
  if (seen.loggedTick === null) return { ...about, ...(bySessions ?? UNKNOWN) };
  const lateness = MARGIN + Math.round(seen.liveChains * LATENESS_A_CHAIN) / 1000;
  const byLog: KnownTick = {
    second: secondOf(seen.loggedTick),
    margin: lateness,
    source: { kind: 'log', at: seen.loggedTick },
  };
  if (bySessions === null || !isMost(bySessions.source)) return { ...about, ...byLog };
  const { at, tick } = { at: bySessions.second * 1000, tick: seen.loggedTick };
  const apart = distance(at, tick) / 1000;
  if (apart <= MARGIN) return { ...about, ...byLog, margin: MARGIN };
  if (fromTo(at, tick) / 1000 <= lateness) return { ...about, ...bySessions };
  return { ...about, ...byLog, margin: Math.max(lateness, apart + MARGIN) };
}

type KnownTick = Pick<ClientTick, 'second' | 'margin' | 'source'>;
const UNKNOWN: KnownTick = { second: null, margin: 30, source: null };

interface TickBySessions extends KnownTick {
  readonly second: number;
  readonly source: TickSource & { readonly kind: 'sessions' };
}

function tickBySessions(starts: readonly number[]): TickBySessions | null {
  const cluster = largestCluster(starts);
  if (cluster === null) return null;
  const { at, agreeing } = cluster;
  const margin = agreeing > 1 ? MARGIN : MARGIN_OF_ONE_CONNECTION;
  return { second: secondOf(at), margin, source: { kind: 'sessions', agreeing, connections: starts.length } };
}

const isMost = ({ agreeing, connections }: TickBySessions['source']): boolean =>
  agreeing >= 2 && agreeing * 2 > connections;

const inMinute = (at: number): number => ((at % MINUTE) + MINUTE) % MINUTE;
const secondOf = (at: number): number => inMinute(at) / 1000;
/** From one place in the minute on to another. */
const fromTo = (from: number, to: number): number => inMinute(to - from);
const distance = (a: number, b: number): number => Math.min(fromTo(a, b), fromTo(b, a));

/** The most instants within half a second of the minute, by the first of them; null where two places have as many. */
function largestCluster(instants: readonly number[]): { at: number; agreeing: number } | null {
  const clusters = instants
    .map((at) => ({ at, agreeing: instants.filter((other) => fromTo(at, other) < CLUSTER).length }))
    .sort((a, b) => b.agreeing - a.agreeing);
  const [first] = clusters;
  if (first === undefined) return null;
  const isRivalled = clusters.some(
    ({ at, agreeing }) => agreeing === first.agreeing && distance(first.at, at) >= CLUSTER,
  );
  return isRivalled ? null : first;
}

const ACTIVE_CHAINS = `
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
   ORDER BY c.chain_id, c.client_name COLLATE "C"`;

/** SQL for the chains that run now, by "chainId": what isRunning says of the rows. */
export const RUNNING_CHAINS = `
  SELECT "chainId" FROM (${ACTIVE_CHAINS}) AS active WHERE "isClientConnected" AND "openTransactions" > 0`;

/** Whether a row speaks of a run, rather than of one that a client has left behind. */
export function isRunning({ isClientConnected, openTransactions }: ActiveChain): boolean {
  return isClientConnected && openTransactions > 0;
}

/**
 * Lists what runs now on pg_timetable's side, or was left over there.
 * @param client of a user that may read timetable.active_session and timetable.active_chain
 */
export async function readActiveChains(client: Client): Promise<readonly ActiveChain[]> {
  const { rows } = await client.query<ActiveChain & { started: string | null }>(ACTIVE_CHAINS);
  return rows.map(({ started, ...row }) => ({
    ...row,
    startedAt: started === null ? null : Number(started) * 1000,
  }));
}
