import type { Client } from './connect.ts';

const MOST_DATABASES = 100;

/** The other databases of a server, by whether they hold a schema. */
export interface DatabasesBySchema {
  readonly found: readonly string[];
  /** Those that were looked into and hold none. */
  readonly without: number;
  /** Those that let this user not in. */
  readonly refused: readonly string[];
  /** Those that there was no time for, or that are too many. */
  readonly untried: readonly string[];
}

/** Another database of the server. */
export interface OtherDatabase {
  readonly name: string;
  readonly mayConnect: boolean;
}

/** The other databases of the server. */
export async function otherDatabases(client: Client): Promise<readonly OtherDatabase[]> {
  const { rows } = await client.query<OtherDatabase>(
    `SELECT datname AS name, pg_catalog.has_database_privilege(oid, 'CONNECT') AS "mayConnect"
       FROM pg_catalog.pg_database
      WHERE datallowconn AND NOT datistemplate AND datname <> current_database()
      -- Where pgAdmin puts it comes first.
      ORDER BY datname <> 'postgres', datname`,
  );
  return rows;
}

/**
 * Looks into other databases of the server for a schema.
 * @param schema its name
 * @param connectTo opens a session in one of them
 * @param atOnce how many sessions may be open at the same time: a role may be allowed few
 * @param most milliseconds after which no further database is tried
 */
export async function lookForSchema(
  databases: readonly OtherDatabase[],
  schema: string,
  connectTo: (database: string) => Promise<Client>,
  atOnce: number,
  most: number,
): Promise<DatabasesBySchema> {
  // Seconds; Node loads what `performance` is only where that is asked for.
  const end = process.uptime() + most / 1000;
  const holds = new Map<string, boolean>();
  const refused = new Set(databases.filter(({ mayConnect }) => !mayConnect).map(({ name }) => name));
  const rest = databases.filter(({ mayConnect }) => mayConnect).slice(0, MOST_DATABASES);
  const lookIntoSome = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined && process.uptime() < end; next = rest.shift()) {
      const found = await holdsSchema(next.name, schema, connectTo);
      if (found === null) refused.add(next.name);
      else holds.set(next.name, found);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, atOnce) }, lookIntoSome));
  const names = databases.map(({ name }) => name);
  return {
    found: names.filter((name) => holds.get(name) === true),
    without: names.filter((name) => holds.get(name) === false).length,
    refused: names.filter((name) => refused.has(name)),
    untried: names.filter((name) => !holds.has(name) && !refused.has(name)),
  };
}

/**
 * The other databases of the server that hold a schema, as far as this user may look.
 * @param schema its name
 * @param connectTo opens a session in another database of the same server
 */
export async function findDatabasesWith(
  client: Client,
  schema: string,
  connectTo: (database: string) => Promise<Client>,
): Promise<readonly string[]> {
  const databases = await otherDatabases(client);
  return (await lookForSchema(databases, schema, connectTo, 1, Number.POSITIVE_INFINITY)).found;
}

/** null where the database does not let this user in. */
async function holdsSchema(
  database: string,
  schema: string,
  connectTo: (database: string) => Promise<Client>,
): Promise<boolean | null> {
  try {
    const client = await connectTo(database);
    try {
      const { rowCount } = await client.query('SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1', [
        schema,
      ]);
      return rowCount === 1;
    } finally {
      await client.end();
    }
  } catch {
    return null;
  }
}
