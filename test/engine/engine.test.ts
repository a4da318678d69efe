import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { debian15, type Server, startServer } from '../servers/postgres.ts';
import { findEngine } from './engine.ts';

// What the recording does not hold; asked of whichever engine this machine has, and measured on the real one.

interface TaskRow {
  readonly kind?: 'SQL' | 'PROGRAM';
  readonly command: string;
  readonly autonomous?: boolean;
  readonly ignore_error?: boolean;
  readonly run_as?: string;
  readonly parameters?: readonly unknown[];
}

const engine = findEngine();
let server: Server;
before(async () => {
  server = await startServer(debian15() ? 'debian-15' : 'embedded');
});
after(() => server?.stop());

/** Makes a database with the timetable schema and a table for the chains to write to. */
async function makeDatabase(name: string): Promise<string> {
  await server.createDatabase(name);
  await engine.init(server, name);
  await server.run(
    name,
    `CREATE TABLE seen(n int GENERATED ALWAYS AS IDENTITY, s text);
     GRANT ALL ON seen TO public;
     CREATE TABLE big AS SELECT 1 AS a`,
  );
  return name;
}

/** Inserts a chain that is not live. @returns its id */
async function insertChain(
  database: string,
  name: string,
  tasks: readonly TaskRow[],
  columns: { client_name?: string; max_instances?: number; on_error?: string } = {},
): Promise<string> {
  const db = await server.connect(database);
  try {
    const { rows } = await db.query(
      `INSERT INTO timetable.chain(chain_name, client_name, max_instances, on_error)
       VALUES ($1, $2, $3, $4) RETURNING chain_id`,
      [name, columns.client_name ?? null, columns.max_instances ?? null, columns.on_error ?? null],
    );
    const id: string = rows[0].chain_id;
    for (const [i, task] of tasks.entries()) {
      await db.query(
        `WITH task AS (
           INSERT INTO timetable.task(chain_id, task_order, kind, command, autonomous, ignore_error, run_as)
           VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING task_id
         )
         INSERT INTO timetable.parameter(task_id, order_id, value)
         SELECT task_id, order_id, value FROM task, jsonb_array_elements($8) WITH ORDINALITY AS row(value, order_id)`,
        [
          id,
          (i + 1) * 10,
          task.kind ?? 'SQL',
          task.command,
          task.autonomous ?? false,
          task.ignore_error ?? false,
          task.run_as ?? null,
          JSON.stringify(task.parameters ?? []),
        ],
      );
    }
    return id;
  } finally {
    await db.end();
  }
}

async function seenIn(database: string): Promise<string[]> {
  return (await server.run(database, 'SELECT s FROM seen ORDER BY n')).rows.map(({ s }) => s);
}

async function errorsIn(database: string): Promise<string[]> {
  const { rows } = await server.run(
    database,
    `SELECT message_data ->> 'error' AS error FROM timetable.log
     WHERE log_level = 'ERROR' AND message_data ? 'error' ORDER BY ts`,
  );
  return rows.map(({ error }) => error);
}

test(`${engine.name}: a chain that hangs is given up, and the next one runs`, async () => {
  const database = await makeDatabase('hangs');
  const indexing = { command: 'CREATE INDEX CONCURRENTLY ON big(a)', autonomous: true };
  const after = { command: "INSERT INTO seen(s) VALUES ('after')", autonomous: true };
  // Only a local task ends the snapshot of the chain's transaction: not one that is autonomous, ignored or not.
  const hanging = await insertChain(database, 'hanging', [
    { command: 'SELECT 1', autonomous: true, ignore_error: true },
    { kind: 'PROGRAM', command: 'true', ignore_error: true },
    indexing,
    after,
  ]);
  const fine = await insertChain(database, 'fine', [
    { command: 'SELECT 1', ignore_error: true },
    indexing,
    after,
  ]);
  const ends = await engine.runChains(server, database, [hanging, fine], 'w1', { hangSeconds: 3 });
  assert.deepEqual(
    [...ends],
    [
      [hanging, 'hangs'],
      [fine, 'succeeded'],
    ],
  );
  assert.deepEqual(await seenIn(database), ['after']);
  const left = await server.run(
    database,
    'SELECT client_name FROM timetable.active_chain UNION ALL SELECT client_name FROM timetable.active_session',
  );
  assert.deepEqual(left.rows, []);
});

test(`${engine.name}: a chain of another client does not run, nor one that is running already`, async () => {
  const database = await makeDatabase('refusals');
  const ofAnother = await insertChain(database, 'of another', [], { client_name: 'w2' });
  const busy = await insertChain(database, 'busy', [], { max_instances: 1 });
  const idle = await insertChain(database, 'idle', [], { client_name: 'w1', max_instances: 1 });
  const other = await engine.connect(server, database, 'w2');
  await server.run(database, `INSERT INTO timetable.active_chain VALUES (${busy}, 'w2')`);
  const ends = await engine.runChains(server, database, [ofAnother, busy, idle], 'w1');
  await other.stop();
  assert.deepEqual(
    [...ends],
    [
      [ofAnother, 'not-run'],
      [busy, 'not-run'],
      [idle, 'succeeded'],
    ],
  );
});

test(`${engine.name}: the same chain runs twice`, async () => {
  const database = await makeDatabase('twice');
  const chain = await insertChain(database, 'twice', [{ command: "INSERT INTO seen(s) VALUES ('ran')" }]);
  const client = await engine.connect(server, database, 'w1');
  const ends = [await client.run(chain), await client.run(chain)];
  await client.stop();
  assert.deepEqual(ends, ['succeeded', 'succeeded']);
  assert.deepEqual(await seenIn(database), ['ran', 'ran']);
});

test(`${engine.name}: programs inherit the environment given`, async () => {
  const database = await makeDatabase('environment');
  const chain = await insertChain(database, 'environment', [
    { kind: 'PROGRAM', command: 'sh', parameters: [['-c', 'echo "$GREETING"; echo two > /dev/stderr']] },
    { kind: 'PROGRAM', command: 'true', parameters: [[]] },
    { kind: 'PROGRAM', command: 'true' },
    { command: '-- nothing' },
  ]);
  const ends = await engine.runChains(server, database, [chain], 'w1', { env: { GREETING: 'hello' } });
  assert.equal(ends.get(chain), 'succeeded');
  const { rows } = await server.run(
    database,
    'SELECT output, params, returncode FROM timetable.execution_log ORDER BY last_run',
  );
  assert.deepEqual(
    rows.map(({ output, params, returncode }) => [output, params, returncode]),
    [
      ['hello\ntwo', '["-c", "echo \\"$GREETING\\"; echo two > /dev/stderr"]', 0],
      [null, '[]', 0],
      [null, '', 0],
      [null, '', 0],
    ],
  );
});

test(`${engine.name}: SQL with parameters runs once a row, also behind a row that fails`, async () => {
  const database = await makeDatabase('parameters');
  const chain = await insertChain(database, 'parameters', [
    { command: 'INSERT INTO seen(s) SELECT 6 / $1::int', autonomous: true, parameters: [[2], [0], [3], [0]] },
  ]);
  assert.equal((await engine.runChains(server, database, [chain], 'w1')).get(chain), 'failed');
  assert.deepEqual(await seenIn(database), ['3', '2']);
  const { rows } = await server.run(
    database,
    'SELECT returncode, params FROM timetable.execution_log ORDER BY last_run',
  );
  assert.deepEqual(rows, [
    { returncode: 0, params: '[2]' },
    { returncode: -1, params: '[0]' },
    { returncode: 0, params: '[3]' },
    { returncode: -1, params: '[0]' },
  ]);
  const error = 'ERROR: division by zero (SQLSTATE 22012)';
  assert.deepEqual(await errorsIn(database), [`${error}\n${error}`]);
});

test(`${engine.name}: roles end with their task, and an unknown one spoils the transaction`, async () => {
  const database = await makeDatabase('roles');
  const who = 'INSERT INTO seen(s) SELECT current_user';
  const known = await insertChain(database, 'known', [
    { command: who, autonomous: true, run_as: 'pg_monitor' },
    { command: who, run_as: 'pg_monitor' },
    { command: who },
  ]);
  const unknown = await insertChain(database, 'unknown', [
    { command: who, run_as: 'nosuch', ignore_error: true },
    { command: who },
  ]);
  const ends = await engine.runChains(server, database, [known, unknown], 'w1');
  assert.deepEqual([...ends.values()], ['succeeded', 'failed']);
  assert.deepEqual(await seenIn(database), ['pg_monitor', 'pg_monitor', 'postgres']);
});

test(`${engine.name}: an ignored task may end the chain's transaction`, async () => {
  const database = await makeDatabase('commits');
  const chain = await insertChain(database, 'commits', [
    { command: "INSERT INTO seen(s) VALUES ('one'); COMMIT; SELECT 1/0", ignore_error: true },
    { command: "INSERT INTO seen(s) VALUES ('two')" },
  ]);
  assert.equal((await engine.runChains(server, database, [chain], 'w1')).get(chain), 'succeeded');
  assert.deepEqual(await seenIn(database), ['one', 'two']);
});

test(`${engine.name}: a chain that cannot commit counts as succeeded`, async () => {
  const database = await makeDatabase('deferred');
  await server.run(
    database,
    `CREATE TABLE parent(i int PRIMARY KEY);
     CREATE TABLE child(i int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)`,
  );
  const chain = await insertChain(database, 'deferred', [{ command: 'INSERT INTO child VALUES (1)' }], {
    on_error: "INSERT INTO seen(s) VALUES ('on_error')",
  });
  assert.equal((await engine.runChains(server, database, [chain], 'w1')).get(chain), 'succeeded');
  assert.deepEqual(await seenIn(database), []);
  const [error, ...others] = await errorsIn(database);
  assert.match(error ?? '', /violates foreign key constraint .*\(SQLSTATE 23503\)/);
  assert.deepEqual(others, []);
});
