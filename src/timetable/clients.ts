import type { Client } from '../postgres/connect.ts';
import { errorCode } from '../postgres/plain-words.ts';
import { withSavepoint } from '../postgres/savepoint.ts';
import { together } from '../postgres/together.ts';
import { IS_ITS_SESSION } from './live-sessions.ts';

/** Where pg_timetable's clients leave their names. */
const TRACES = ['active_session', 'log', 'execution_log'] as const;

/** What the target knows of pg_timetable's clients. */
export interface ClientSightings {
  /** The sessions of each client that is connected now. */
  readonly connected: ReadonlyMap<string, number>;
  /** Those of the names asked for that a client has left behind. */
  readonly seen: ReadonlySet<string>;
  /** Whether any client at all has left its name. */
  readonly hasSeenAny: boolean;
  /** The tables that this user may not read, or not within two seconds: timetable.log. */
  readonly unread: readonly string[];
}

const QUERY_CANCELED = '57014';

/** Looks for clients of these names: connected, or there before by what they left in tables. */
export async function findClients(client: Client, names: readonly string[]): Promise<ClientSightings> {
  const [connected, readable] = await together([sessionsOfClients(client), readableTraces(client)]);
  const found = await together(
    TRACES.map((table) => (readable.has(table) ? namesIn(client, table, names) : null)),
  );
  return {
    connected,
    seen: new Set(found.flatMap((traces) => traces?.names ?? [])),
    hasSeenAny: found.some((traces) => traces?.hasAny),
    unread: TRACES.filter((_, index) => found[index] === null).map((table) => `timetable.${table}`),
  };
}

async function readableTraces(client: Client): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT wanted.name
       FROM unnest($1::text[]) AS wanted (name)
      WHERE pg_catalog.has_table_privilege(to_regclass('timetable.' || wanted.name), 'SELECT')`,
    [TRACES],
  );
  return new Set(rows.map(({ name }) => name));
}

async function sessionsOfClients(client: Client): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query<{ name: string; sessions: number }>(`
    SELECT s.client_name AS name, count(DISTINCT a.pid)::int AS sessions
      FROM timetable.active_session s
      JOIN pg_catalog.pg_stat_activity a ON ${IS_ITS_SESSION}
     GROUP BY s.client_name`);
  return new Map(rows.map(({ name, sessions }) => [name, sessions]));
}

/** null where the table has no end. */
async function namesIn(
  client: Client,
  table: (typeof TRACES)[number],
  names: readonly string[],
): Promise<{ names: readonly string[]; hasAny: boolean } | null> {
  try {
    return await withSavepoint(
      client,
      async () => {
        const { rows } = await client.query<{ hasAny: boolean; names: readonly string[] }>(
          `SELECT EXISTS (SELECT FROM timetable.${table} WHERE client_name <> '') AS "hasAny",
                  ARRAY (SELECT wanted.name FROM unnest($1::text[]) AS wanted (name)
                          WHERE EXISTS (SELECT FROM timetable.${table} t WHERE t.client_name = wanted.name)) AS names`,
          [names],
        );
        return rows[0] ?? null;
      },
      // A log of years has no index on the names.
      "SET LOCAL statement_timeout = '2s'",
    );
  } catch (error) {
    if (errorCode(error) === QUERY_CANCELED) return null;
    throw error;
  }
}
