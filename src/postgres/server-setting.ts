import type { Client } from './connect.ts';
import { withSavepoint } from './savepoint.ts';
import type { SettingType } from './setting-value.ts';
import { together } from './together.ts';

/** Where pg_settings says that a value came from, when every session gets it that asks for no other. */
const SERVER_SOURCES = ['default', 'environment variable', 'configuration file', 'command line'];

/** A setting that the server knows. */
export interface ServerSetting extends SettingType {
  /** As PostgreSQL writes it. */
  readonly name: string;
  /** null where this session was given another value, so that the server's own cannot be seen through it. */
  readonly value: string | null;
}

/**
 * The values that the server gives to a session which neither its role nor its database gives another.
 * @returns by name in lower case; what this server does not know is left out
 */
export async function serverSettings(
  client: Client,
  names: readonly string[],
): Promise<ReadonlyMap<string, ServerSetting>> {
  const wanted = names.map((name) => name.toLowerCase());
  return withSavepoint(client, async () => {
    const [, { rows }] = await together([
      // Back to what the login gave, which also shows where that came from.
      client.query(
        `SELECT set_config(name, NULL, true) FROM pg_catalog.pg_settings
          WHERE lower(name COLLATE "C") = ANY ($1) AND source = 'session'`,
        [wanted],
      ),
      client.query<ServerSetting>(
        `SELECT name, vartype, unit, enumvals,
                CASE WHEN source = ANY ($2) THEN current_setting(name) END AS value
           FROM pg_catalog.pg_settings
          WHERE lower(name COLLATE "C") = ANY ($1)`,
        [wanted, SERVER_SOURCES],
      ),
    ]);
    return new Map(rows.map((setting) => [setting.name.toLowerCase(), setting]));
  });
}

/**
 * What the server's configuration files say, as it stands there; null where they say nothing, this user may not read
 * them, or the command line wins.
 */
export async function settingOfFiles(client: Client, name: string): Promise<string | null> {
  const allowed = await client.query<{ allowed: boolean }>(`
    SELECT has_table_privilege('pg_catalog.pg_file_settings', 'SELECT')
       AND has_function_privilege('pg_catalog.pg_show_all_file_settings()', 'EXECUTE')
       AND has_function_privilege('pg_catalog.pg_read_file(text, bigint, bigint, boolean)', 'EXECUTE') AS allowed`);
  if (!allowed.rows[0]?.allowed) return null;
  // postmaster.opts holds the command line that the server was started with.
  const { rows } = await client.query<{ value: string }>(
    `SELECT setting AS value
       FROM pg_catalog.pg_file_settings
      WHERE lower(name COLLATE "C") = lower($1) AND applied
        AND pg_catalog.pg_read_file('postmaster.opts', 0, 100000, true) !~* ('[^_]' || $1)
      ORDER BY seqno DESC
      LIMIT 1`,
    [name],
  );
  return rows[0]?.value ?? null;
}
