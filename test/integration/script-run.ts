import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pga2timetable, type Result } from '../cli/run.ts';
import { debian15, type Server } from '../servers/postgres.ts';

/** Debian's psql 15, or null. */
const PSQL = debian15() === null ? null : join(debian15() ?? '', 'psql');
export const NO_PSQL = PSQL === null ? 'psql of PostgreSQL 15 is not installed' : false;

/** Runs a script as its head says. */
export async function psql(server: Server, database: string, script: string): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'pga2tt-script-'));
  const file = join(folder, 'plan.sql');
  writeFileSync(file, script);
  const child = spawn(PSQL ?? 'psql', ['-X', '-f', file, server.conninfo(database)], {
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  rmSync(folder, { recursive: true });
  return { code, stdout, stderr };
}

/** Makes a script; where the tool gives none, the test has gone wrong. */
export async function scriptOf(
  server: Server,
  database: string,
  ...args: readonly string[]
): Promise<string> {
  const { stdout, stderr } = await pga2timetable(['--format', 'sql', '-s', server.uri(database), ...args]);
  if (stdout === '') throw new Error(stderr);
  return stdout;
}

const ROWS: Readonly<Record<string, string>> = {
  chains: `SELECT to_jsonb(c) - 'chain_id' AS row FROM timetable.chain c ORDER BY chain_name COLLATE "C"`,
  tasks: `SELECT c.chain_name, to_jsonb(t) - 'chain_id' - 'task_id' AS row
            FROM timetable.task t JOIN timetable.chain c USING (chain_id) ORDER BY chain_name COLLATE "C", task_order`,
  parameters: `SELECT c.chain_name, t.task_order, to_jsonb(p) - 'task_id' AS row
                 FROM timetable.parameter p JOIN timetable.task t USING (task_id) JOIN timetable.chain c USING (chain_id)
                ORDER BY chain_name COLLATE "C", task_order, order_id`,
  record: `SELECT to_jsonb(j) - 'chains' - 'planned_at' - 'written_at' - 'was_next_run' - 'was_changed' - 'disabled_at' - 'disabled_by' AS row,
                  disabled_at IS NULL AS "isNotDisabled",
                  (SELECT jsonb_agg(e.chain - 'id' || jsonb_build_object('isThere', EXISTS (
                            SELECT FROM timetable.chain c
                             WHERE c.chain_id = (e.chain ->> 'id')::bigint AND c.chain_name = e.chain ->> 'name')) ORDER BY e.place)
                     FROM jsonb_array_elements(j.chains) WITH ORDINALITY AS e (chain, place)) AS chains
             FROM pga2timetable.job j ORDER BY source, job_id`,
  columns: `SELECT column_name, data_type, is_nullable, column_default FROM information_schema.columns
             WHERE table_schema = 'pga2timetable' ORDER BY ordinal_position`,
  constraints: `SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
                 WHERE connamespace = to_regnamespace('pga2timetable') ORDER BY 1`,
  schema: `SELECT obj_description(oid) FROM pg_namespace WHERE nspname = 'pga2timetable'`,
};

/** All that the tool has written, without ids and the times at which it did. */
export async function written(server: Server, database: string): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const [name, sql] of Object.entries(ROWS)) {
    const isThere = await server.run(database, "SELECT to_regclass('pga2timetable.job') IS NOT NULL AS yes");
    if (name === 'record' && !isThere.rows[0].yes) found[name] = [];
    else found[name] = (await server.run(database, sql)).rows;
  }
  return found;
}

/** Does two things to the same database, from the same state, and tells what each has written. */
export async function bothWays(
  server: Server,
  database: string,
  one: () => Promise<unknown>,
  other: () => Promise<unknown>,
): Promise<[Record<string, unknown[]>, Record<string, unknown[]>]> {
  await server.createDatabase(`${database}_before`, `TEMPLATE "${database}"`);
  await one();
  const first = await written(server, database);
  await server.run('postgres', `DROP DATABASE "${database}"`);
  await server.run('postgres', `ALTER DATABASE "${database}_before" RENAME TO "${database}"`);
  await other();
  return [first, await written(server, database)];
}
