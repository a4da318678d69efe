import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createWorkload, WORK } from '../../bench/workload.ts';
import { indexTasks } from '../../src/timetable/task-index.ts';
import { pga2timetable } from '../cli/run.ts';
import { type Server, startServer } from '../servers/postgres.ts';

/*
 * timetable.task has no index on chain_id: a plan that looks for the tasks of one chain reads all tasks, and what takes a
 * second for a hundred chains takes hours for ten thousand. Statistics hide that on a target that is not fresh.
 */
// Of one batch, so that only chains differ in number.
const FEW = 60;
const MANY = 190;
const COMMANDS = [['migrate'], ['verify', '--without-client'], ['migrate'], ['undo']] as const;

let server: Server;
before(async () => {
  server = await startServer('embedded', { autovacuum: 'off' });
});
after(() => server.stop());

/** How often each command read timetable.task from its start to its end. */
async function scans(jobs: number): Promise<readonly number[]> {
  await server.run('postgres', `DROP DATABASE IF EXISTS ${WORK}`);
  await createWorkload(server, WORK, { jobs, kind: 'same' });
  const counts: number[] = [];
  for (const args of COMMANDS) {
    const before = await count();
    const { code, stderr } = await pga2timetable([...args, '--source', server.conninfo(WORK)]);
    assert.equal(code, 0, stderr);
    counts.push((await count()) - before);
  }
  return counts;
}

async function count(): Promise<number> {
  const { rows } = await server.run(
    WORK,
    "SELECT seq_scan::int AS n FROM pg_stat_user_tables WHERE relid = 'timetable.task'::regclass",
  );
  return rows[0].n;
}

test('timetable.task is read as often for many chains as for few, on a target without statistics', async () => {
  const few = await scans(FEW);
  assert.ok(
    few.every((n) => n > 0),
    'the scans are counted',
  );
  assert.deepEqual(await scans(MANY), few);
});

test('an index that no query of its transaction may use is not kept', async () => {
  await scans(FEW);
  const [older, client] = [await server.connect(WORK), await server.connect(WORK)];
  const isThere = async (): Promise<boolean> => {
    const { rows } = await client.query(
      "SELECT to_regclass('timetable.pga2timetable_task_chain') IS NOT NULL AS yes",
    );
    return rows[0].yes;
  };
  const made = async (): Promise<boolean> => {
    await client.query('BEGIN');
    await indexTasks(client, MANY);
    const found = await isThere();
    await client.query('ROLLBACK');
    return found;
  };
  await server.run(
    WORK,
    "INSERT INTO timetable.chain (chain_id, chain_name) VALUES (9, 'own'); INSERT INTO timetable.task (chain_id, task_order, command) VALUES (9, 1, 'SELECT 1')",
  );
  assert.equal(await made(), true);
  await older.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await older.query('SELECT FROM timetable.task');
  await server.run(WORK, 'UPDATE timetable.task SET timeout = 1');
  assert.equal(await made(), false);
  await older.end();
  assert.equal(await made(), true);
  await client.end();
});

test('an undo holds no snapshot while it deletes, which would keep the index from use', async () => {
  await server.run('postgres', `DROP DATABASE IF EXISTS ${WORK}`);
  await createWorkload(server, WORK, { jobs: FEW, kind: 'same' });
  const place = ['--source', server.conninfo(WORK)];
  assert.equal((await pga2timetable(place)).code, 0);
  await server.run(
    WORK,
    `CREATE FUNCTION refuse_snapshot() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF EXISTS (SELECT FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL)
       THEN RAISE EXCEPTION 'a snapshot is open'; END IF;
       RETURN NULL;
     END $$;
     CREATE TRIGGER snapshots BEFORE DELETE ON timetable.chain FOR EACH STATEMENT EXECUTE FUNCTION refuse_snapshot()`,
  );
  const { code, stderr } = await pga2timetable(['undo', ...place]);
  assert.equal(code, 0, stderr);
});
