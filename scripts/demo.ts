import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createTimetable } from '../test/engine/schema.ts';
import { createStandInPgAgent } from '../test/pgagent/insert-job.ts';
import { startServer } from '../test/servers/postgres.ts';

// Plan, migration and the rows in the target, on a PostgreSQL of the npm registry, with stand-ins for both schemas.
const PROGRAM = fileURLToPath(new URL('../bin/pga2timetable.js', import.meta.url));
const sample = readFileSync(new URL('../fixtures/jobs/sample.sql', import.meta.url), 'utf8');

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

const server = await startServer('embedded');
await server.createDatabase('demo');
await createStandInPgAgent(server, 'demo');
await createTimetable(server, 'demo');
await server.run('demo', sample);

/** Runs the tool as a user would, with the PG* environment of the demo server. */
function pga2timetable(...args: string[]): void {
  say(`\n$ pga2timetable ${args.map((arg) => (/\s/.test(arg) ? `"${arg}"` : arg)).join(' ')}\n`);
  const env = {
    ...process.env,
    PGHOST: '127.0.0.1',
    PGPORT: String(server.port),
    PGUSER: 'postgres',
    PGDATABASE: 'demo',
  };
  const { status } = spawnSync(process.execPath, [PROGRAM, ...args], { env, stdio: 'inherit' });
  say(`\n(exit code ${status})`);
  if (status !== 0 && status !== 6) process.exitCode = 1;
}

async function table(title: string, sql: string): Promise<void> {
  say(`\n${title}`);
  const { rows } = await server.run('demo', sql);
  for (const row of rows) say(`  ${Object.values(row).map(String).join(' | ')}`);
}

const reach = ['--step-conninfo', `host=127.0.0.1 port=${server.port} user=postgres`];
pga2timetable('--dry-run', ...reach);
pga2timetable('--quiet', ...reach);
await table(
  'timetable.chain: chain_id | run_at | client_name | live | chain_name',
  'SELECT chain_id, run_at, client_name, live, chain_name FROM timetable.chain ORDER BY chain_id',
);
await table(
  'timetable.task of the first chain: task_order | kind | autonomous | ignore_error | live | task_name | command | parameters',
  `SELECT task_order, kind, autonomous, ignore_error, t.live, task_name, command,
          (SELECT string_agg(value::text, ' ') FROM timetable.parameter p WHERE p.task_id = t.task_id)
     FROM timetable.task t WHERE chain_id = (SELECT min(chain_id) FROM timetable.chain) ORDER BY task_order`,
);
server.stop();
