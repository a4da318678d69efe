import pg from 'pg';
import type { Login } from '../postgres/login.ts';
import type { LoginSetting } from '../postgres/login-settings.ts';
import { normalValue } from '../postgres/setting-value.ts';

/** A daemon's login and what its sessions get. */
export interface LoginView extends Login {
  /** By name in lower case; see `loginSettings`. */
  readonly settings: ReadonlyMap<string, LoginSetting>;
  /** Whether the database has a schema that is called like the role: what `"$user"` in a search_path stands for. */
  readonly hasOwnSchema: boolean;
}

/** A setting that pgAgent's session had and pg_timetable's will have otherwise. */
export interface SettingDifference {
  readonly name: string;
  readonly had: string;
  readonly will: string;
  /** The statement that gives pg_timetable what pgAgent had; null where that cannot be seen. */
  readonly mend: string | null;
}

const SEARCH_PATH = 'search_path';
/** Each name of such a list is quoted by itself. */
const LISTS_OF_NAMES: ReadonlySet<string> = new Set([
  SEARCH_PATH,
  'temp_tablespaces',
  'local_preload_libraries',
  'session_preload_libraries',
]);

/**
 * What differs between the sessions of two logins, in the order of the names.
 * @param isSameServer whether a value that cannot be seen is the same on both sides
 */
export function settingDifferences(
  had: LoginView,
  will: LoginView,
  isSameServer: boolean,
): readonly SettingDifference[] {
  const keys = [...new Set([...had.settings.keys(), ...will.settings.keys()])].sort();
  return keys.flatMap((key) => {
    const before = had.settings.get(key);
    const after = will.settings.get(key);
    const name = before?.name ?? after?.name ?? key;
    if (isSame(key, had, will, isSameServer)) return [];
    return [
      {
        name,
        had: inWords(before, key === SEARCH_PATH ? had : null),
        will: inWords(after, key === SEARCH_PATH ? will : null),
        mend: mend(name, before, after, had, will),
      },
    ];
  });
}

function isSame(key: string, had: LoginView, will: LoginView, isSameServer: boolean): boolean {
  const before = had.settings.get(key);
  const after = will.settings.get(key);
  // What only the one server knows, and nobody has set, changes nothing.
  if (before === undefined || after === undefined) return (before ?? after)?.from === 'server';
  if (before.value === null || after.value === null)
    // Of two servers nothing can be said where one hides its own value.
    return (
      before.from === 'server' && after.from === 'server' && (!isSameServer || before.value === after.value)
    );
  return comparable(key, before.value, before, had) === comparable(key, after.value, after, will);
}

function comparable(key: string, value: string, { type }: LoginSetting, login: LoginView): string | null {
  if (key === SEARCH_PATH) return schemasOf(value, login).join('\n');
  if (key === 'client_encoding') return value.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return normalValue(type, value);
}

/** The schemas that a search_path names, in its order; `"$user"` counts where it stands for a schema. */
export function schemasOf(
  path: string,
  { role, hasOwnSchema }: Pick<LoginView, 'role' | 'hasOwnSchema'>,
): string[] {
  return elements(path).flatMap((name) => {
    if (name !== '$user') return [name];
    return hasOwnSchema ? [role] : [];
  });
}

// As PostgreSQL splits them: without quotes in lower case.
function elements(list: string): string[] {
  const found = list.match(/"(?:[^"]|"")*"|[^,\s"]+/g) ?? [];
  return found.map((text) =>
    text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.toLowerCase(),
  );
}

// The value of a setting that an application made up may be anything, a key too.
const isMadeUp = (name: string): boolean => name.includes('.');

function inWords(setting: LoginSetting | undefined, login: LoginView | null): string {
  if (setting === undefined) return 'not set';
  if (isMadeUp(setting.name)) return 'a value of its own';
  if (setting.value === null) return "the server's own";
  if (login === null || !elements(setting.value).includes('$user')) return setting.value;
  const meaning = login.hasOwnSchema ? `the schema ${pg.escapeIdentifier(login.role)}` : 'no schema';
  return `${setting.value} (where "$user" is ${meaning})`;
}

function mend(
  name: string,
  before: LoginSetting | undefined,
  after: LoginSetting | undefined,
  had: LoginView,
  will: LoginView,
): string | null {
  const role = `ROLE ${pg.escapeIdentifier(will.role)}`;
  const inDatabase = `DATABASE ${pg.escapeIdentifier(will.database)}`;
  if (before === undefined) {
    const whose = {
      'role in database': `${role} IN ${inDatabase}`,
      role,
      database: inDatabase,
      'all roles': 'ROLE ALL',
      server: null,
    }[after?.from ?? 'server'];
    return whose === null ? null : `ALTER ${whose} RESET ${parameter(name)};`;
  }
  // An older server does not take it; `role` is one that pg_settings does not list.
  if (after === undefined && !isMadeUp(name) && name !== 'role') return null;
  const value = valueText(name, before, had);
  return value === null ? null : `ALTER ${role} IN ${inDatabase} SET ${parameter(name)} = ${value};`;
}

function valueText(name: string, { value }: LoginSetting, had: LoginView): string | null {
  if (isMadeUp(name)) return "'...'";
  if (value === null) return null;
  const key = name.toLowerCase();
  if (!LISTS_OF_NAMES.has(key)) return literal(value);
  const names = key === SEARCH_PATH ? schemasOf(value, had) : elements(value);
  return names.length === 0 ? "''" : names.map((one) => pg.escapeIdentifier(one)).join(', ');
}

function parameter(name: string): string {
  return /^\w+(?:\.\w+)*$/.test(name)
    ? name
    : name
        .split('.')
        .map((part) => pg.escapeIdentifier(part))
        .join('.');
}

function literal(value: string): string {
  return pg.escapeLiteral(value).trimStart();
}
