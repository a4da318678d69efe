import type { Client } from './connect.ts';
import type { SettingLevel, StoredSetting } from './login.ts';
import { errorCode } from './plain-words.ts';
import { withSavepoint } from './savepoint.ts';
import { serverSettings, settingOfFiles } from './server-setting.ts';
import { normalValue, type SettingType } from './setting-value.ts';

/** What a new session of a login gets. */
export interface LoginSetting {
  /** As PostgreSQL writes it. */
  readonly name: string;
  /** As it was written; null where the server's own value cannot be seen by this user. */
  readonly value: string | null;
  readonly from: SettingLevel;
  /** null for a setting that the server does not know, such as `app.tenant`. */
  readonly type: SettingType | null;
}

/**
 * The settings that a session of this login gets which asks for none itself (PGOPTIONS, the connection string).
 * Like a login, it skips values that a setting cannot have.
 * @param stored what its role and its database are given, the strongest first
 * @returns by name in lower case; one that is neither given nor known to the server is left out
 */
export async function loginSettings(
  client: Client,
  stored: readonly StoredSetting[],
  names: readonly string[],
): Promise<ReadonlyMap<string, LoginSetting>> {
  const ofServer = await serverSettings(client, names);
  const found = new Map<string, LoginSetting>();
  for (const key of new Set(names.map((name) => name.toLowerCase()))) {
    const known = ofServer.get(key);
    const type = known ?? null;
    const given = stored.find(
      ({ name, value }) => name.toLowerCase() === key && normalValue(type, value) !== null,
    );
    if (given !== undefined) {
      const value = key === 'datestyle' ? await dateStyle(client, given.value) : given.value;
      found.set(key, { ...given, value, type });
    } else if (known !== undefined) {
      const value = known.value ?? (await settingOfFiles(client, key));
      found.set(key, { name: known.name, value, from: 'server', type });
    }
  }
  return found;
}

// As the server writes it: `iso` may mean `ISO, MDY` or `ISO, DMY`.
async function dateStyle(client: Client, value: string): Promise<string> {
  try {
    return await withSavepoint(client, async () => {
      const { rows } = await client.query<{ style: string }>(
        `SELECT set_config('DateStyle', NULL, true), set_config('DateStyle', $1, true) AS style`,
        [value],
      );
      return rows[0]?.style ?? value;
    });
  } catch (error) {
    if (errorCode(error).startsWith('22')) return value;
    throw error;
  }
}
