import type { Conninfo } from '../../postgres/conninfo.ts';
import { isSocket } from './own-database.ts';

const PASSWORDS: readonly string[] = ['password', 'sslpassword'];

export function hasPassword(conninfo: Conninfo): boolean {
  return PASSWORDS.some((keyword) => (conninfo.get(keyword) ?? '') !== '');
}

/** The same without its passwords; the very same where it has none. */
export function withoutPassword(conninfo: Conninfo): Conninfo {
  if (!hasPassword(conninfo)) return conninfo;
  return new Map([...conninfo].filter(([keyword]) => !PASSWORDS.includes(keyword)));
}

/**
 * Where pg_timetable's driver looks for the password of a connection, in words. It looks once, for the first host, and calls
 * every Unix socket localhost (pgx: pgconn.ParseConfig).
 */
export function passwordFileEntry(conninfo: Conninfo): string {
  const places: string[] = [];
  if ((conninfo.get('password') ?? '') !== '') {
    const file = conninfo.get('passfile') ?? '~/.pgpass';
    const entry = conninfo.has('service') ? null : entryOf(conninfo);
    places.push(
      entry === null
        ? `it looks for the password in ${file} of its own user`
        : `it looks for the password in ${file} of its own user, in a line that begins with ${entry}:`,
    );
  }
  if ((conninfo.get('sslpassword') ?? '') !== '')
    places.push('the key that sslkey names must have no password');
  return places.join('; ');
}

function entryOf(conninfo: Conninfo): string {
  const first = (keyword: string): string => (conninfo.get(keyword) ?? '').split(',', 1)[0] ?? '';
  const host = first('host');
  return [
    isSocket(host) ? 'localhost' : host,
    first('port') || '5432',
    conninfo.get('dbname') ?? '*',
    conninfo.get('user') ?? '*',
  ]
    .map((field) => field.replace(/[:\\]/g, '\\$&'))
    .join(':');
}
