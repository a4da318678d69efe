import { stripVTControlCharacters } from 'node:util';
import type { Server } from '../servers/postgres.ts';
import { pga2timetable } from './run.ts';

export const SCREEN_COLUMNS = 100;

/** The last screen of a dry run of the jobs in `app`, as the README shows it: with colors, and PostgreSQL's usual port. */
export async function lastScreenOf(server: Server): Promise<string> {
  const { stdout } = await pga2timetable(['--dry-run'], {
    ...{ PGHOST: '127.0.0.1', PGPORT: String(server.port), PGUSER: 'postgres', PGDATABASE: 'app' },
    ...{ COLUMNS: String(SCREEN_COLUMNS), FORCE_COLOR: '1' },
  });
  const lines = stdout.split('\n');
  const first = lines.findLastIndex((line) => stripVTControlCharacters(line).startsWith('pgAgent '));
  const screen = lines.slice(first, lines.indexOf('', first));
  return `${screen.join('\n')}\n`.replaceAll(`:${server.port}`, ':5432');
}
