import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createWorkload, WORK } from '../../bench/workload.ts';
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
