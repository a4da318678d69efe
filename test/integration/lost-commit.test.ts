import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pga2timetable } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { cutAt } from '../servers/cutting-proxy.ts';
import { type Server, startServer } from '../servers/postgres.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

async function migrateThroughCut(
  name: string,
  when: 'before' | 'after',
): Promise<{ code: number | null; stdout: string; stderr: string; chains: number }> {
  await server.createDatabase(name);
  await createStandInPgAgent(server, name);
  await createTimetable(server, name);
  await insertJob(server, name, { name: 'a job', steps: [{ name: 'a', code: 'SELECT 1' }] });
  const proxy = await cutAt(server, 'COMMIT\0', when);
  const { code, stdout, stderr } = await pga2timetable([
    ...['-s', server.uri(name), '--step-conninfo', 'host=db1 user=me'],
    ...['-t', `host=127.0.0.1 port=${proxy.port} user=postgres dbname=${name} sslmode=disable`],
  ]);
  proxy.close();
  const { rowCount } = await server.run(name, 'SELECT 1 FROM timetable.chain');
  return { code, stdout, stderr, chains: rowCount ?? 0 };
}

test('a connection lost after the commit: the server is asked, the chains are there, and the result says so', async () => {
  const { code, stdout, stderr, chains } = await migrateThroughCut('behind', 'after');
  assert.equal(code, 0, stderr);
  assert.match(stdout, /All of it was written\./);
  assert.equal(chains, 1);
});

test('a connection lost before the commit: nothing is there, and the tool says so', async () => {
  const { code, stderr, chains } = await migrateThroughCut('ahead', 'before');
  assert.equal(code, 1);
  assert.match(stderr, /The connection to the target was lost\. Nothing was written\./);
  assert.equal(chains, 0);
});
