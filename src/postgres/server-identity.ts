import type { Client } from './connect.ts';

/**
 * What tells one running server from every other: its cluster and the microsecond at which it started, so that a
 * replica or a restored copy counts as another. null where this user may not ask.
 */
export async function serverIdentity(client: Client): Promise<string | null> {
  const allowed = await client.query<{ allowed: boolean }>(
    `SELECT pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') AS allowed`,
  );
  if (!allowed.rows[0]?.allowed) return null;
  const { rows } = await client.query<{ identity: string }>(`
    SELECT system_identifier || ' ' || extract(epoch FROM pg_catalog.pg_postmaster_start_time()) AS identity
      FROM pg_catalog.pg_control_system()`);
  return rows[0]?.identity ?? null;
}
