import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Server } from '../servers/postgres.ts';
import { debian15 } from '../servers/postgres.ts';

/** Why no dump can be made here; false where one can. */
export const NO_DUMP = debian15() === null ? 'PostgreSQL 15 is not installed' : false;

/** Makes a dump of a database as a user would. */
type Dump = (server: Server, database: string, file: string) => void;

const byPgDump =
  (...options: readonly string[]): Dump =>
  (server, database, file) =>
    run('pg_dump', [...options, `--dbname=${server.uri(database)}`, `--file=${file}`]);

/** The forms of a dump, with what makes each. */
export const FORMS = {
  plain: byPgDump(),
  'the schema alone': byPgDump('--schema=pgagent'),
  inserts: byPgDump('--inserts'),
  'column inserts': byPgDump('--column-inserts', '--rows-per-insert=3'),
  'data alone': byPgDump('--data-only', '--schema=pgagent'),
  create: byPgDump('--create'),
  custom: byPgDump('--format=custom'),
  directory: byPgDump('--format=directory'),
  tar: byPgDump('--format=tar'),
  gzip: (server, database, file) => {
    byPgDump()(server, database, file);
    writeFileSync(file, gzipSync(readFileSync(file)));
  },
  pg_dumpall: (server, _, file) =>
    run('pg_dumpall', [`--dbname=${server.uri('postgres')}`, `--file=${file}`]),
} as const satisfies Readonly<Record<string, Dump>>;

/** Makes a dump where nothing is, or another was. */
export function dumpTo(
  file: string,
  server: Server,
  database: string,
  form: keyof typeof FORMS = 'plain',
): void {
  rmSync(file, { recursive: true, force: true });
  FORMS[form](server, database, file);
}

function run(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(join(debian15() ?? '', program), args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
