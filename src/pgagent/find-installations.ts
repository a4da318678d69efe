import type { Client } from '../postgres/connect.ts';

const MOST_DATABASES = 100;

/**
 * The other databases of the server that hold a pgagent schema, as far as this user may look.
 * @param connectTo opens a session in another database of the same server
 */
export async function findInstallations(
  client: Client,
  connectTo: (database: string) => Promise<Client>,
): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT datname AS name FROM pg_catalog.pg_database
      WHERE datallowconn AND NOT datistemplate AND datname <> current_database()
        AND pg_catalog.has_database_privilege(oid, 'CONNECT')
      ORDER BY datname LIMIT $1`,
    [MOST_DATABASES],
  );
  const found: string[] = [];
  for (const { name } of rows) {
    if (await holdsPgAgent(name, connectTo)) found.push(name);
  }
  return found;
}

/** Whether the database of this session holds a schema pgagent. */
export async function hasPgAgent(client: Client): Promise<boolean> {
  const found = await client.query(`SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'pgagent'`);
  return found.rowCount === 1;
}

async function holdsPgAgent(
  database: string,
  connectTo: (database: string) => Promise<Client>,
): Promise<boolean> {
  try {
    const client = await connectTo(database);
    try {
      return await hasPgAgent(client);
    } finally {
      await client.end();
    }
  } catch {
    return false; // A database that lets nobody in is none that this user could name.
  }
}
