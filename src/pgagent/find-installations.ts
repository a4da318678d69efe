import type { Client } from '../postgres/connect.ts';

const MOST_DATABASES = 100;

/** The other databases of a server, by whether they hold a pgagent schema. */
export interface Installations {
  readonly found: readonly string[];
  /** Those that were looked into and hold none. */
  readonly without: number;
  /** Those that let this user not in, or not in time. */
  readonly unseen: readonly string[];
}

/**
 * Looks into the other databases of the server for a pgagent schema.
 * @param connectTo opens a session in another database of the same server
 * @param most milliseconds after which no further database is tried
 */
export async function lookForInstallations(
  client: Client,
  connectTo: (database: string) => Promise<Client>,
  most: number,
): Promise<Installations> {
  const { rows } = await client.query<{ name: string; mayConnect: boolean }>(
    `SELECT datname AS name, pg_catalog.has_database_privilege(oid, 'CONNECT') AS "mayConnect"
       FROM pg_catalog.pg_database
      WHERE datallowconn AND NOT datistemplate AND datname <> current_database()
      -- Where pgAdmin puts it comes first.
      ORDER BY datname <> 'postgres', datname`,
  );
  const end = performance.now() + most;
  const found: string[] = [];
  const unseen: string[] = [];
  // One after the other: a role may be allowed few sessions.
  for (const [index, { name, mayConnect }] of rows.entries()) {
    const isInTime = index < MOST_DATABASES && performance.now() < end;
    const holds = mayConnect && isInTime ? await holdsPgAgent(name, connectTo) : null;
    if (holds === true) found.push(name);
    if (holds === null) unseen.push(name);
  }
  return { found, without: rows.length - found.length - unseen.length, unseen };
}

/**
 * The other databases of the server that hold a pgagent schema, as far as this user may look.
 * @param connectTo opens a session in another database of the same server
 */
export async function findInstallations(
  client: Client,
  connectTo: (database: string) => Promise<Client>,
): Promise<readonly string[]> {
  return (await lookForInstallations(client, connectTo, Number.POSITIVE_INFINITY)).found;
}

/** Whether the database of this session holds a schema pgagent. */
export async function hasPgAgent(client: Client): Promise<boolean> {
  const found = await client.query(`SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'pgagent'`);
  return found.rowCount === 1;
}

/** null where the database does not let this user in. */
async function holdsPgAgent(
  database: string,
  connectTo: (database: string) => Promise<Client>,
): Promise<boolean | null> {
  try {
    const client = await connectTo(database);
    try {
      return await hasPgAgent(client);
    } finally {
      await client.end();
    }
  } catch {
    return null;
  }
}
