import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { findLeftRuns, type LeftRun } from '../../src/timetable/left-runs.ts';
import { initReal } from '../engine/real.ts';
import { createTimetable } from '../engine/schema.ts';
import { until } from '../pgagent/real.ts';
import { type Server, startServer } from '../servers/postgres.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

let databases = 0;
async function database(): Promise<string> {
  const name = `left_${++databases}`;
  await server.createDatabase(name);
  return name;
}

async function leftIn(name: string, user = 'postgres'): Promise<readonly LeftRun[] | null> {
  const client = new pg.Client({ connectionString: server.uri(name, user) });
  await client.connect();
  try {
    return await findLeftRuns(client);
  } finally {
    await client.end();
  }
}

describe('rows written by hand', () => {
  let name: string;
  let client: pg.Client;
  before(async () => {
    name = await database();
    await createTimetable(server, name);
    await server.run(
      name,
      `INSERT INTO timetable.chain (chain_id, chain_name, max_instances) VALUES (1, 'one', 1), (2, 'two', 2), (3, 'any', NULL);
       CREATE ROLE onlooker LOGIN; GRANT USAGE ON SCHEMA timetable TO onlooker; GRANT SELECT ON ALL TABLES IN SCHEMA timetable TO onlooker`,
    );
    client = await server.connect(name);
    await client.query(`INSERT INTO timetable.active_session VALUES (1, pg_backend_pid(), 'here')`);
  });
  after(() => client.end());

  const rows = (values: string): Promise<unknown> =>
    server.run(
      name,
      `DELETE FROM timetable.active_chain; INSERT INTO timetable.active_chain (chain_id, client_name, started_at) VALUES ${values}`,
    );

  test('no row, nothing left', async () => {
    await server.run(name, 'DELETE FROM timetable.active_chain');
    assert.deepEqual(await leftIn(name), []);
  });

  test('a client that is gone: it blocks a chain of as many instances', async () => {
    const gone = (chainId: string, chainName: string | null, blocks: boolean): LeftRun => ({
      ...{ chainId, chainName, blocks },
      ...{ clientName: 'gone', isConnected: false },
    });
    await rows(`(1, 'gone', now()), (2, 'gone', now()), (3, 'gone', now()), (99, 'gone', now())`);
    assert.deepEqual(await leftIn(name), [
      gone('1', 'one', true),
      gone('2', 'two', false),
      gone('3', 'any', false),
      gone('99', null, false),
    ]);
    await rows(`(2, 'gone', now()), (2, 'gone', now())`);
    assert.deepEqual(
      (await leftIn(name))?.map(({ blocks }) => blocks),
      [true, true],
    );
    await rows(Array(16).fill(`(3, 'gone', now())`).join(', '));
    assert.ok(
      (await leftIn(name))?.every(({ blocks }) => blocks),
      'max_instances NULL means 16',
    );
  });

  test('a client that is there: only with a transaction begun after the row', async () => {
    await rows(`(1, 'here', now())`);
    assert.deepEqual(
      (await leftIn(name))?.map(({ isConnected }) => isConnected),
      [true],
    );
    await client.query('BEGIN');
    assert.deepEqual(await leftIn(name), []);
    await rows(`(1, 'here', now())`);
    assert.equal((await leftIn(name))?.length, 1, 'the transaction is older than this row');
    await client.query('ROLLBACK');
  });

  test('a run whose row goes a moment after its transaction is none', async () => {
    await rows(`(1, 'here', now())`);
    const looking = leftIn(name);
    await until(async () => {
      const { rows: found } = await server.run(
        'postgres',
        `SELECT 1 FROM pg_stat_activity WHERE datname = '${name}' AND state = 'idle' AND query LIKE '%left_run%'`,
      );
      return found.length === 1;
    });
    await server.run(name, 'DELETE FROM timetable.active_chain');
    assert.deepEqual(await looking, []);
  });

  test('who may not look into the sessions of others calls none of them ended', async () => {
    await rows(`(1, 'here', now()), (2, 'gone', now())`);
    assert.deepEqual(
      (await leftIn(name, 'onlooker'))?.map(({ clientName }) => clientName),
      ['gone'],
    );
    await server.run(name, 'REVOKE SELECT ON timetable.active_chain FROM onlooker');
    assert.equal(await leftIn(name, 'onlooker'), null);
  });
});

const program = process.env.PG_TIMETABLE;

function againstTheReal(): void {
  const started: ChildProcess[] = [];
  const start = (name: string, user = 'postgres'): ChildProcess => {
    const child = spawn(program ?? '', ['--clientname', 'w1', '--connstr', server.uri(name, user)], {
      stdio: 'ignore',
    });
    started.push(child);
    return child;
  };
  after(() => {
    for (const child of started) child.kill('SIGKILL');
  });
  const active = async (name: string): Promise<number> =>
    (await server.run(name, 'SELECT count(*)::int AS n FROM timetable.active_chain')).rows[0].n;
  const chain = (name: string, chainName: string, command: string): Promise<unknown> =>
    server.run(
      name,
      `WITH c AS (INSERT INTO timetable.chain (chain_name, run_at, max_instances, live)
                  VALUES ('${chainName}', '* * * * *', 1, true) RETURNING chain_id)
       INSERT INTO timetable.task (chain_id, task_order, command, autonomous) SELECT chain_id, 10, '${command}', true FROM c`,
    );

  test('killed while a chain runs: the row is left, and was none while it ran', async () => {
    const name = await database();
    await initReal(program ?? '', server, name);
    await chain(name, 'long', 'SELECT pg_sleep(600)');
    const child = start(name);
    await until(async () => (await active(name)) === 1, 80);
    assert.deepEqual(await leftIn(name), []);
    child.kill('SIGKILL');
    await server.run(
      name,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND application_name = 'pg_timetable'`,
    );
    await until(async () => (await leftIn(name))?.length === 1);
    const [run] = (await leftIn(name)) ?? [];
    assert.deepEqual(
      { ...run, chainId: '' },
      { chainId: '', chainName: 'long', clientName: 'w1', isConnected: false, blocks: true },
    );
  });

  test('chains that get no connection leave rows, although their client is there', async () => {
    const name = await database();
    await initReal(program ?? '', server, name);
    // Enough for its own needs, and for no chain more.
    await server.run(
      name,
      `CREATE ROLE few LOGIN; GRANT ALL ON SCHEMA timetable TO few; GRANT ALL ON ALL TABLES IN SCHEMA timetable TO few;
       GRANT ALL ON ALL SEQUENCES IN SCHEMA timetable TO few; ALTER ROLE few CONNECTION LIMIT 6`,
    );
    for (let n = 1; n <= 8; n += 1) await chain(name, `chain ${n}`, 'SELECT pg_sleep(8)');
    start(name, 'few');
    await until(async () => (await active(name)) > 0, 80);
    await until(async () => {
      const { rows } = await server.run(
        name,
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename = 'few' AND xact_start IS NOT NULL`,
      );
      return rows[0].n === 0;
    }, 60);
    const left = (await leftIn(name)) ?? [];
    assert.ok(left.length > 0, 'a chain got no connection');
    assert.equal(left.length, await active(name));
    assert.ok(left.every(({ isConnected, blocks }) => isConnected && blocks));
  });
}

if (program !== undefined) describe('the real pg_timetable', againstTheReal);
