import type { Check } from '../model/preflight.ts';
import type { ConnectionLimit } from '../postgres/connection-room.ts';
import { note, ok, stop, warning } from './check.ts';

/** pg_timetable's defaults: --cron-workers and --interval-workers, a connection each, and three for itself. */
const WORKERS = 16;
const ITS_OWN = 3;
const MOST_A_CLIENT = 2 * WORKERS + ITS_OWN;

export interface ConnectionNeed {
  /** As whom pg_timetable connects. */
  readonly role: string;
  /** How many clients there will be. */
  readonly clients: number;
  /** The sessions that these have already. */
  readonly open: number;
  /** The live chains of the target with those of this run. */
  readonly chains: number;
}

/** Whether pg_timetable gets all the sessions that it may ask for. */
export function aboutConnections(need: ConnectionNeed, limits: readonly ConnectionLimit[]): readonly Check[] {
  const tightest = limits.reduce<ConnectionLimit | null>(
    (least, limit) => (least === null || roomOf(limit) < roomOf(least) ? limit : least),
    null,
  );
  return tightest === null ? [] : [aboutLimit(need, tightest)];
}

/** What migrate and undo open on a server that has both sides, and on one that has the source alone. */
const OF_THIS_TOOL = { bothSides: 3, source: 2 };

/**
 * Whether this tool gets all the sessions that a run, and the undo of it, may ask for.
 * @param limits for its own user on the source; this tool's sessions are not in use
 */
export function aboutOwnConnections(
  user: string,
  isOneServer: boolean,
  limits: readonly ConnectionLimit[],
): readonly Check[] {
  const needed = isOneServer ? OF_THIS_TOOL.bothSides : OF_THIS_TOOL.source;
  const tight = limits.find((limit) => roomOf(limit) < needed);
  if (tight === undefined) return [];
  return [
    stop(
      'own-connections',
      `migrate and undo open up to ${needed} connections to the source's server, which has room for ${Math.max(0, roomOf(tight))} (${sourceOf(tight, user)}).`,
      `${mendOf(tight, user)}, or connect as another user.`,
    ),
  ];
}

function aboutLimit(need: ConnectionNeed, limit: ConnectionLimit): Check {
  const check = 'connections';
  const { clients, open, chains } = need;
  const most = clients * MOST_A_CLIENT;
  // A chain that runs holds two at most: its transaction's and that of the step under way.
  const busy = clients * (2 * Math.min(chains, WORKERS) + ITS_OWN);
  const room = Math.max(0, roomOf(limit)) + open;
  const who = clients === 1 ? 'pg_timetable opens' : `${clients} clients of pg_timetable open`;
  const needed = `${who} up to ${most} connections with its default of ${WORKERS} workers${clients === 1 ? '' : ' each'}`;
  const left = `The target has room for ${room} of ${clients === 1 ? 'pg_timetable' : 'theirs'} (${sourceOf(limit, need.role)})`;
  if (room >= most) return ok(check, `${needed}; ${left.charAt(0).toLowerCase()}${left.slice(1)}.`);
  const remedy = `${mendOf(limit, need.role)}, or start pg_timetable with fewer --cron-workers and --interval-workers.`;
  if (room >= busy)
    return note(
      check,
      `${needed}; ${left.charAt(0).toLowerCase()}${left.slice(1)}, enough for the ${chains} live chains there will be: ${busy} at most.`,
      remedy,
    );
  return warning(
    check,
    `${needed}; ${left.charAt(0).toLowerCase()}${left.slice(1)}: a chain that gets none does not run, and not again until its client is restarted.`,
    remedy,
  );
}

function roomOf({ most, inUse }: ConnectionLimit): number {
  return most - inUse;
}

function sourceOf({ kind, most, inUse }: ConnectionLimit, role: string): string {
  const names = {
    server: `max_connections leaves "${role}" ${most}`,
    database: `the database's connection limit is ${most}`,
    role: `the connection limit of "${role}" is ${most}`,
  };
  return `${names[kind]}, ${inUse} in use`;
}

function mendOf({ kind }: ConnectionLimit, role: string): string {
  const mends = {
    server: 'Raise max_connections',
    database: 'Raise it by ALTER DATABASE ... CONNECTION LIMIT',
    role: `Raise it by ALTER ROLE "${role}" CONNECTION LIMIT`,
  };
  return mends[kind];
}
