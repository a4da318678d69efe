import pg from 'pg';
import { wallTime, type Zone } from '../model/zone.ts';
import type { Client } from './connect.ts';
import { type Login, type LoginFacts, type SettingLevel, storedOf } from './login.ts';
import { errorCode } from './plain-words.ts';
import { withSavepoint } from './savepoint.ts';
import { serverSettings, settingOfFiles } from './server-setting.ts';
import { together } from './together.ts';

const DAY_SECONDS = 24 * 60 * 60;
const DAYS_BEFORE = 7;
const DAYS_AFTER = 30 * 366;

/**
 * The rules of a time zone as this server holds them, from some days before `now` to 30 years after it. Two changes that
 * undo each other within one day of UTC are not seen; no zone has such days.
 * The name is read as the setting TimeZone reads it. AT TIME ZONE looks among the abbreviations first, and so takes
 * CET for one hour east all year (and PST, which the setting refuses).
 * @param name of IANA, or a POSIX specification; in upper or lower case
 * @param now milliseconds since 1970 UTC
 * @param daysBefore how far back
 * @throws the server's error 22023 if it does not know the zone; a transaction under way stays usable
 */
export async function readZone(
  client: Client,
  name: string,
  now: number,
  daysBefore: number = DAYS_BEFORE,
): Promise<Zone> {
  const from = (Math.floor(now / 1000 / DAY_SECONDS) - daysBefore) * DAY_SECONDS;
  return withSavepoint(client, async () => {
    const [nameOfServer, { rows }] = await together([
      useZone(client, name),
      client.query<{ from: string | null; seconds: number }>(OFFSETS, [
        from,
        from + (daysBefore + DAYS_AFTER) * DAY_SECONDS,
      ]),
    ]);
    const offsets = rows.map((row) => ({
      from: row.from === null ? -Infinity : Number(row.from) * 1000,
      seconds: row.seconds,
    }));
    return { name: nameOfServer, offsets };
  });
}

// The days at whose ends the clock is off UTC by different amounts are halved, down to the second of each change.
// date_part takes half the time of extract, whose numbers are numeric since PostgreSQL 14.
const OFFSETS = `
  WITH RECURSIVE change (since, until) AS (
      SELECT day, day + 86400
        FROM generate_series($1::bigint, $2::bigint, 86400) AS day
       WHERE date_part('timezone', to_timestamp(day)) <> date_part('timezone', to_timestamp(day + 86400))
    UNION ALL
      SELECT half.since, half.until
        FROM change
       CROSS JOIN LATERAL (VALUES (change.since, (change.since + change.until) / 2),
                                  ((change.since + change.until) / 2, change.until)) AS half (since, until)
       WHERE change.until - change.since > 1
         AND date_part('timezone', to_timestamp(half.since)) <> date_part('timezone', to_timestamp(half.until))
  )
  SELECT NULL AS "from", date_part('timezone', to_timestamp($1::bigint))::integer AS seconds
   UNION ALL
  SELECT until, date_part('timezone', to_timestamp(until))::integer
    FROM change
   WHERE until - since = 1
   ORDER BY "from" NULLS FIRST`;

/**
 * Whether the server knows a time zone that somebody typed: whether TimeZone can be set to it. That would also take
 * 'Europe/Berlin2' (two hours west, abbreviated 'EUROPE/BERLIN') and 'Etc/GMT+15'; here these are typing errors.
 * Never leaves a transaction aborted.
 */
export async function zoneExists(client: Client, name: string): Promise<boolean> {
  const nameOfServer = await canonicalName(client, name);
  return nameOfServer !== null && !isMistypedPlace(nameOfServer);
}

// PostgreSQL writes a POSIX specification in capitals, a place as its file is called. A slash after a comma is a time.
function isMistypedPlace(nameOfServer: string): boolean {
  const [abbreviations = ''] = nameOfServer.split(',');
  return abbreviations.includes('/') && abbreviations === abbreviations.toUpperCase();
}

/** The zone as the server writes it, null where it does not know it. */
async function canonicalName(client: Client, name: string): Promise<string | null> {
  try {
    return await withSavepoint(client, () => useZone(client, name));
  } catch (error) {
    // Class 22: not a zone, or not text that the server can hold.
    if (errorCode(error).startsWith('22')) return null;
    throw error;
  }
}

async function useZone(client: Client, name: string): Promise<string> {
  const { rows } = await client.query<{ name: string }>(`SELECT set_config('TimeZone', $1, true) AS name`, [
    name,
  ]);
  return rows[0]?.name ?? name;
}

interface KnownTimeZone extends Login {
  readonly kind: 'known';
  /** As PostgreSQL writes it. */
  readonly name: string;
  readonly from: SettingLevel;
}

interface UnknownTimeZone extends Login {
  readonly kind: 'unknown';
  /** What this user may not see: the settings of roles and databases, or the server's own. */
  readonly hidden: 'role settings' | 'server setting';
}

/** The TimeZone of a new session that asks for none itself. */
export type EffectiveTimeZone = KnownTimeZone | UnknownTimeZone | { readonly kind: 'no-such-role' };

/**
 * The time zone that a daemon gets which connects to this database, unless it asks for one itself (PGTZ, options).
 * What this session asked for, by its connection string or by SET, does not count; nor do the settings of groups.
 * Precedence: GucSource in PostgreSQL's guc.h. Like a login, it skips settings whose zone the server does not
 * know. Needs no right beyond CONNECT.
 * @param login that of the daemon; null where there is no such role
 * @param ofServer what `serverZone` says
 */
export async function effectiveTimeZone(
  client: Client,
  login: LoginFacts | null,
  ofServer: string | null,
): Promise<EffectiveTimeZone> {
  if (login === null) return { kind: 'no-such-role' };
  const { role, database, stored } = login;
  if (stored === null) return { kind: 'unknown', hidden: 'role settings', role, database };
  for (const { from, value } of storedOf(stored, 'TimeZone')) {
    const name = await canonicalName(client, value);
    if (name !== null) return { kind: 'known', name, from, role, database };
  }
  if (ofServer === null) return { kind: 'unknown', hidden: 'server setting', role, database };
  return { kind: 'known', name: ofServer, from: 'server', role, database };
}

/** The server's own zone; null where this session was given another, and this user may not read the files. */
export async function serverZone(client: Client): Promise<string | null> {
  const ofSession = (await serverSettings(client, ['TimeZone'])).get('timezone')?.value ?? null;
  if (ofSession !== null) return ofSession;
  const ofFiles = await settingOfFiles(client, 'timezone');
  return ofFiles === null ? null : canonicalName(client, ofFiles);
}

/**
 * The one statement that gives the daemon's next login another zone, and changes as little else as can be: for the whole
 * database, or, where its role has a setting, which is stronger, for that role in this database.
 */
export function alterStatement(effective: KnownTimeZone | UnknownTimeZone, zone: string): string {
  const { role, database } = effective;
  const inDatabase = `DATABASE ${pg.escapeIdentifier(database)}`;
  const whose = isSetForRole(effective) ? `ROLE ${pg.escapeIdentifier(role)} IN ${inDatabase}` : inDatabase;
  return `ALTER ${whose} SET TimeZone = ${pg.escapeLiteral(zone).trimStart()};`;
}

function isSetForRole(effective: KnownTimeZone | UnknownTimeZone): boolean {
  // A setting that cannot be seen may be the role's.
  if (effective.kind === 'unknown') return effective.hidden === 'role settings';
  return effective.from === 'role in database' || effective.from === 'role';
}

/** Whether two walls show the same time at every instant between two (milliseconds since 1970 UTC, `to` excluded). */
export function sameClock(a: Zone, b: Zone, from: number, to: number): boolean {
  const changes = [...a.offsets, ...b.offsets].map((offset) => offset.from);
  const instants = [from, ...changes.filter((instant) => from < instant && instant < to)];
  return instants.every((instant) => wallTime(a, instant) === wallTime(b, instant));
}
