import type { Client } from '../postgres/connect.ts';

const MOST_DATABASES = 100;
const AT_ONCE = 4;

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
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const some = rows.slice(from, from + AT_ONCE);
    const isInTime = from < MOST_DATABASES && performance.now() < end;
    const holds = await Promise.all(
      some.map(({ name, mayConnect }) => (mayConnect && isInTime ? holdsPgAgent(name, connectTo) : null)),
    );
    for (const [index, { name }] of some.entries()) {
      if (holds[index] === true) found.push(name);
      if (holds[index] === null) unseen.push(name);
    }
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
