import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debian15, type Server } from '../../servers/postgres.ts';
import { agentProgram } from '../real.ts';

/** Why no dump of the real pgAgent can be made here; false where it can. */
export const cannotDump =
  agentProgram() !== null && debian15() !== null
    ? false
    : 'pgAgent is not installed (Debian: apt-get install pgagent postgresql-15)';

const folder = mkdtempSync(join(tmpdir(), 'pga2tt-dumps-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
let dumps = 0;

/** A path that no file has yet. */
export function newPath(): string {
  dumps += 1;
  return join(folder, `dump ${dumps}`);
}

/** Runs a program of PostgreSQL 15, or a command of the shell. */
export function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string {
  const program = command.startsWith('pg_') ? join(debian15() ?? '', command) : command;
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** The path of a dump of a database, made with these options. */
export function pgDump(
  server: Server,
  database: string,
  options: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): string {
  const path = newPath();
  run('pg_dump', [`--dbname=${server.conninfo(database)}`, `--file=${path}`, ...options], env);
  return path;
}
