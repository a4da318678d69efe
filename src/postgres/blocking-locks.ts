import type { Client } from './connect.ts';

/** A session whose lock keeps others from writing into a table. */
export interface BlockingLock {
  readonly table: string;
  /** Its process on the server; null where a prepared transaction holds the lock. */
  readonly pid: number | null;
}

/** The modes that ROW EXCLUSIVE, which INSERT and UPDATE take, has to wait for (PostgreSQL: Table-Level Lock Modes). */
const STRONGER = ['ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'];

/** The locks of other sessions that writing into these tables of this database would have to wait for. */
export async function findBlockingLocks(
  client: Client,
  tables: readonly string[],
): Promise<readonly BlockingLock[]> {
  const { rows } = await client.query<BlockingLock>(
    `SELECT DISTINCT wanted.name AS "table", l.pid
       FROM unnest($1::text[]) AS wanted (name)
       JOIN pg_catalog.pg_locks l ON l.relation = to_regclass(wanted.name)::oid
        AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
      WHERE l.granted AND l.mode = ANY ($2) AND l.pid IS DISTINCT FROM pg_backend_pid()
      ORDER BY 1, 2`,
    [tables, STRONGER],
  );
  return rows;
}
