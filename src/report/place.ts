import type { ServerFacts } from '../model/plan.ts';

/** How a format shows the name of a database, a host or a file. */
export interface NameMarks {
  readonly database: (name: string) => string;
  readonly other: (name: string) => string;
}

const PLAIN: NameMarks = { database: (name) => `"${name}"`, other: (name) => name };

/** Where one side of a run is, as far as it is known: `in "app" on db1:5432`, `in "app" from the dump jobs.sql`. */
export function placeText({ database, host, dump }: ServerFacts, marks: NameMarks = PLAIN): string {
  return [
    ...(database === null ? [] : [`in ${marks.database(database)}`]),
    ...(host === null ? [] : [`on ${marks.other(host)}`]),
    ...(dump === undefined
      ? []
      : [dump.file === '-' ? 'from a dump on standard input' : `from the dump ${marks.other(dump.file)}`]),
  ].join(' ');
}

/** What else is known of its server, in short: `PostgreSQL 15.8, TimeZone UTC`. */
export function serverDetails({ serverVersion, timeZone, dump }: ServerFacts): string {
  const newest = dump?.newestTime?.slice(0, 16).replace('T', ' ');
  return [
    ...(serverVersion === null ? [] : [`PostgreSQL ${serverVersion.split(' ', 1)[0] ?? ''}`]),
    `TimeZone ${zoneText({ timeZone })}`,
    ...(newest === undefined ? [] : [`not older than ${newest} UTC`]),
  ].join(', ');
}

/** The time zone of a side. */
export function zoneText({ timeZone }: Pick<ServerFacts, 'timeZone'>): string {
  return timeZone ?? 'not known';
}
