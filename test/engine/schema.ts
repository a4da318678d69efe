import { readFileSync } from 'node:fs';
import type { Server } from '../servers/postgres.ts';

/** The versions of pg_timetable whose schema the tests can make without pg_timetable. */
export const TIMETABLE_VERSIONS = ['4.0.0', '4.9.0', '5.0.0', '5.13.0', '6.3.0', '7.0.0'] as const;
export type TimetableVersion = (typeof TIMETABLE_VERSIONS)[number];

function part(name: string): string {
  return readFileSync(new URL(`../../fixtures/timetable/${name}.sql`, import.meta.url), 'utf8');
}

function age(version: string): number {
  return (TIMETABLE_VERSIONS as readonly string[]).indexOf(version);
}

/** The lines of a part that this version has: see the top of fixtures/timetable/tables.sql. */
function linesOf(version: TimetableVersion, sql: string): string {
  return sql
    .split('\n')
    .filter((line) => {
      const [, word, other] = /-- (since|until) (\d+\.\d+\.\d+)$/.exec(line) ?? [];
      if (other === undefined) return true;
      return word === 'since' ? age(version) >= age(other) : age(version) <= age(other);
    })
    .join('\n');
}

/** SQL that makes the stand-in `timetable` schema of this version in an empty database. */
export function timetableSchema(version: TimetableVersion): string {
  const parts = [part('cron'), version === '4.0.0' ? part('4.0.0') : part('tables'), part('migrations')];
  if (age(version) >= age('5.13.0')) parts.push(part('notify'));
  return `CREATE SCHEMA timetable;\n${parts.map((sql) => linesOf(version, sql)).join('\n')}`;
}

/** Makes the stand-in schema in a database of the server. */
export async function createTimetable(
  server: Server,
  database: string,
  version: TimetableVersion = '7.0.0',
): Promise<void> {
  await server.run(database, timetableSchema(version));
}
