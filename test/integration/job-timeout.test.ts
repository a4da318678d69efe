import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { planSchema } from '../../src/model/plan.ts';
import { pga2timetable } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { type Server, startServer } from '../servers/postgres.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded');
  await createStandInPgAgent(server, 'postgres');
  await createTimetable(server, 'postgres');
  const steps = [{ name: 'a', code: 'SELECT 1', description: '@DATABASE_PASSWORD=hunter2;' }];
  await insertJob(server, 'postgres', { name: 'timed', description: 'Load\r\n@JOB_TIMEOUT=30 min;', steps });
  await insertJob(server, 'postgres', {
    name: 'several',
    description: '@JOB_TIMEOUT=5 s;',
    schedules: [{ name: 'day', minutes: [0], hours: [9], monthDays: [32] }],
    steps,
  });
  await insertJob(server, 'postgres', { name: 'plain', steps: [{ name: 'a', code: 'SELECT 1' }] });
});
after(() => server.stop());

const timeouts = async (): Promise<readonly (readonly [string, number])[]> =>
  (
    await server.run(
      'postgres',
      'SELECT DISTINCT split_part(chain_name, $$ @$$, 1) AS name, timeout FROM timetable.chain ORDER BY 1',
    )
  ).rows.map(({ name, timeout }) => [name, timeout]);

test('@JOB_TIMEOUT is the timeout of every chain of its job, and verify finds no fault with it', async () => {
  const { code, stdout, stderr } = await pga2timetable(['-s', server.uri('postgres'), '--format', 'json']);
  assert.equal(code, 0, stderr);
  assert.deepEqual(await timeouts(), [
    ['plain', 0],
    ['several', 5_000],
    ['timed', 1_800_000],
  ]);
  assert.doesNotMatch(stdout + stderr, /hunter2/);
  const codes = planSchema
    .parse(JSON.parse(stdout))
    .jobs.map(({ advisories }) =>
      advisories.map((one) => one.code).filter((one) => /job-timeout|jpgagent/.test(one)),
    );
  assert.deepEqual(codes, [
    ['job-timeout', 'jpgagent-annotation'],
    ['job-timeout', 'jpgagent-annotation'],
    [],
  ]);

  assert.equal((await pga2timetable(['verify', '-s', server.uri('postgres')])).code, 0);
  await server.run('postgres', "UPDATE timetable.chain SET timeout = 1 WHERE chain_name LIKE 'timed%'");
  const changed = await pga2timetable(['verify', '-s', server.uri('postgres')]);
  assert.equal(changed.code, 5);
  assert.match(changed.stdout, /timeout stops it after 1 ms/);
});
