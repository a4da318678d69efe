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

/**
 * Offsets from UTC over the two years from an instant on, in seconds, hour by hour, as one digest: two sessions with the same
 * digest read the same wall clock, whatever their zones are called.
 * @param from milliseconds since 1970 UTC
 */
export async function clockDigest(client: Client, from: number): Promise<string> {
  const { rows } = await client.query<{ digest: string }>(
    `SELECT md5(string_agg(extract(timezone FROM hour)::text, ',' ORDER BY hour)) AS digest
       FROM generate_series(date_trunc('hour', to_timestamp($1::float8 / 1000)),
                            date_trunc('hour', to_timestamp($1::float8 / 1000)) + interval '17520 hours',
                            interval '1 hour') AS hours (hour)`,
    [from],
  );
  return rows[0]?.digest ?? '';
}
