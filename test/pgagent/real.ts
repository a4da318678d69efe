import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from '../servers/postgres.ts';

const PROGRAM = '/usr/bin/pgagent';
const SCHEMA = '/usr/share/postgresql/15/extension/pgagent--4.2.sql';

/** The path of the real pgAgent daemon, or null where it is not installed. */
export function agentProgram(): string | null {
  return existsSync(PROGRAM) && existsSync(SCHEMA) ? PROGRAM : null;
}

/**
 * Makes the real pgAgent schema: the extension on the server that it is packaged for, elsewhere its own script,
 * less what only an extension may call.
 */
export async function createPgAgent(server: Server, database: string): Promise<void> {
  if (server.distribution === 'debian-15') {
    await server.run(database, 'CREATE EXTENSION pgagent');
    return;
  }
  const script = readFileSync(SCHEMA, 'utf8').replaceAll(
    /^SELECT pg_catalog\.pg_extension_config_dump.*$/gm,
    '',
  );
  await server.run(database, `CREATE SCHEMA pgagent; ${script}`);
}

/** Starts the daemon, which looks for jobs each second, and waits until it has signed in. */
export async function startAgent(server: Server, database: string): Promise<{ stop(): Promise<void> }> {
  const daemon: ChildProcess = spawn(
    PROGRAM,
    ['-f', '-t', '1', '-l', '0', server.conninfo(database).replaceAll("'", '')],
    {
      stdio: 'ignore',
    },
  );
  const kill = (): void => {
    daemon.kill('SIGKILL');
  };
  process.once('exit', kill);
  await until(async () => (await agents(server, database)) > 0);
  return {
    stop: async () => {
      daemon.kill('SIGTERM');
      await until(async () => (await agents(server, database)) === 0);
      process.off('exit', kill);
    },
  };
}

async function agents(server: Server, database: string): Promise<number> {
  const { rows } = await server.run(
    database,
    'SELECT count(*)::int AS n FROM pgagent.pga_jobagent JOIN pg_stat_activity ON pid = jagpid',
  );
  return rows[0].n;
}

/** Lets the daemon run a job once, now, and waits until its log says how that ended. */
export async function runByAgent(server: Server, database: string, jobId: number): Promise<string> {
  await server.run(
    database,
    `UPDATE pgagent.pga_job SET jobnextrun = now() - interval '1 second' WHERE jobid = ${jobId}`,
  );
  let status = 'r';
  await until(async () => {
    const { rows } = await server.run(
      database,
      `SELECT jlgstatus AS status FROM pgagent.pga_joblog WHERE jlgjobid = ${jobId} ORDER BY jlgid DESC LIMIT 1`,
    );
    status = rows[0]?.status ?? 'r';
    return status !== 'r';
  });
  return status;
}

/** Waits for a condition, 30 seconds at the most. */
export async function until(condition: () => Promise<boolean>, seconds = 30): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(100)) {
    if (await condition()) return;
  }
  throw new Error(`not so within ${seconds} seconds`);
}
