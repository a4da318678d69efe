import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Stage } from '../../bench/stage.ts';
import { WORK } from '../../bench/workload.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { NO_PSQL } from './script-run.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

const count = async (what: string): Promise<number> =>
  (await server.run(WORK, `SELECT count(${what})::int AS n FROM timetable.chain`)).rows[0].n;

test('the jobs of the benchmark are moved as pgAgent has them, by the tool and by SQL alone', {
  skip: NO_PSQL,
}, async () => {
  const stage = await Stage.create(server, { jobs: 211, kind: 'same' });
  assert.equal(await count('*'), 422);
  assert.equal(await count('DISTINCT run_at'), 21);
  await stage.put('fresh');
  assert.equal(await count('*'), 0);
  await stage.runPublished();
  await stage.assertAsInPgAgent();
  await assert.rejects(stage.assertWritten(), 'the tool has tasks of its own');
  await stage.put('moved');
  await stage.assertWritten();
  await server.run(WORK, 'UPDATE timetable.chain SET max_instances = 2 WHERE chain_id = 5');
  await assert.rejects(stage.assertWritten());
  await server.run(
    WORK,
    "UPDATE timetable.task SET command = command || ' ' WHERE task_order = 30 AND chain_id = 5",
  );
  await assert.rejects(stage.assertAsInPgAgent(), /^Error: 0 chains and 2 tasks/);
});

test('where every schedule is to be different, every one is', async () => {
  await Stage.create(server, { jobs: 100, kind: 'distinct' });
  assert.equal(await count('DISTINCT run_at'), 200);
});
