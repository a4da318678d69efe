import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { dryRun } from '../cli/dry-run.ts';
import { pga2timetable, type Result } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { type Server, startServer } from '../servers/postgres.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

let databases = 0;
/** Both schemas, a job in pgAgent that becomes one chain of one task, and a chain of 3 tasks with ids from 1. */
async function restored(): Promise<string> {
  const name = `restored_${++databases}`;
  await server.createDatabase(name);
  await createStandInPgAgent(server, name);
  await createTimetable(server, name);
  await insertJob(server, name, {
    name: 'a',
    schedules: [{ minutes: [0], hours: [3] }],
    steps: [{ name: 'a', code: 'SELECT 1' }],
  });
  await server.run(
    name,
    `INSERT INTO timetable.chain (chain_name, run_at) VALUES ('theirs', '* * * * *');
     INSERT INTO timetable.task (chain_id, task_order, command) SELECT 1, n, 'SELECT 1' FROM generate_series(1, 3) n`,
  );
  return name;
}

const printed = ({ stdout, stderr }: Result): string => (stdout + stderr).replaceAll(/\s+/g, ' ');
/** The statements that the text shows, run where they belong. */
async function obey(name: string, text: string): Promise<readonly string[]> {
  const statements = [...new Set(text.match(/SELECT setval\(.*?\)\);/g) ?? [])];
  for (const statement of statements) await server.run(name, statement);
  return statements;
}

const BEHIND = {
  'timetable.chain.chain_id': "SELECT setval('timetable.chain_chain_id_seq', 1, false)",
  'timetable.task.task_id': "SELECT setval('timetable.task_task_id_seq', 1, false)",
};
for (const [column, sql] of Object.entries(BEHIND)) {
  test(`${column}: a dry run and a run name it with the statement that mends it`, async () => {
    const name = await restored();
    await server.run(name, sql);
    const args = ['-s', server.uri(name)];
    const dry = await pga2timetable([...args, '--dry-run']);
    assert.equal(dry.code, 3);
    const run = await pga2timetable(args);
    assert.equal(run.code, 3);
    for (const result of [dry, run]) {
      assert.ok(printed(result).includes(`The sequence of ${column} is behind its table`), printed(result));
      assert.doesNotMatch(printed(result), /came into the target/);
    }
    assert.equal((await obey(name, printed(run))).length, 1);
    assert.equal((await pga2timetable(args)).code, 0);
  });
}

test('what the preflight could not see is said where the row is refused', async () => {
  const name = await restored();
  // The number that comes next is free, and the one that a trigger makes of it is not.
  await server.run(
    name,
    `CREATE FUNCTION one() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.chain_id := 1; RETURN NEW; END';
     CREATE TRIGGER one BEFORE INSERT ON timetable.chain FOR EACH ROW EXECUTE FUNCTION one()`,
  );
  const run = await pga2timetable(['-s', server.uri(name)]);
  assert.equal(run.code, 3, run.stderr);
  assert.match(printed(run), /The sequence of timetable\.chain\.chain_id is behind its table/);
  assert.match(printed(run), /Run on the target, then run this again: SELECT setval\(/);
});

test('a name that is taken in the same moment is no matter of sequences', async () => {
  const name = await restored();
  await server.run(
    name,
    `CREATE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.chain_name := ''theirs''; RETURN NEW; END';
     CREATE TRIGGER theirs BEFORE INSERT ON timetable.chain FOR EACH ROW EXECUTE FUNCTION theirs()`,
  );
  const run = await pga2timetable(['-s', server.uri(name)]);
  assert.equal(run.code, 4, run.stderr);
  assert.match(printed(run), /A chain of one of these names came into the target just now/);
});

describe('a sequence is behind', () => {
  // The job needs one number of each sequence.
  for (const [next, isBehind] of [
    [3, true],
    [4, false],
    [2, true],
  ] as const) {
    test(`the next task is ${next} of 1 to 3: ${isBehind}`, async () => {
      const name = await restored();
      await server.run(name, `SELECT setval('timetable.task_task_id_seq', ${next - 1})`);
      const looked = await dryRun(['-s', server.uri(name)]);
      assert.equal(looked.one('target-sequences').status, isBehind ? 'stop' : 'ok');
    });
  }

  test('but for a number far ahead that somebody chose', async () => {
    const name = await restored();
    await server.run(name, "INSERT INTO timetable.chain (chain_id, chain_name) VALUES (3, 'chosen')");
    const args = ['-s', server.uri(name)];
    assert.equal((await dryRun(args)).one('target-sequences').status, 'ok');
    assert.equal((await pga2timetable(args)).code, 0);
    // All is there, so no number is taken.
    await server.run(name, "SELECT setval('timetable.chain_chain_id_seq', 2)");
    assert.equal((await pga2timetable(args)).code, 0);
  });
});

test('the logs of the source: a warning that a dry run has too, with the statements', async () => {
  const name = await restored();
  const check = async () => (await dryRun(['-s', server.uri(name)])).of('source-sequences');
  assert.deepEqual(
    (await check()).map(({ status }) => status),
    ['ok'],
  );
  await server.run(
    name,
    `INSERT INTO pgagent.pga_joblog (jlgid, jlgjobid) VALUES (7, 1);
     INSERT INTO pgagent.pga_jobsteplog (jslid, jsljlgid, jsljstid) VALUES (9, 7, 1)`,
  );
  const found = await check();
  assert.deepEqual(
    found.map(({ status, message }) => [status, /pgagent\.\w+/.exec(message)?.[0]]),
    [
      ['warning', 'pgagent.pga_joblog'],
      ['warning', 'pgagent.pga_jobsteplog'],
    ],
  );
  await obey(name, found.map(({ remedy }) => remedy).join(' '));
  assert.deepEqual(
    (await check()).map(({ status }) => status),
    ['ok'],
  );
  const { rows } = await server.run(
    name,
    "SELECT nextval('pgagent.pga_joblog_jlgid_seq')::int AS run, nextval('pgagent.pga_jobsteplog_jslid_seq')::int AS step",
  );
  assert.deepEqual(rows, [{ run: 8, step: 10 }]);
});

test('a user who may not read the logs is told that they could not be looked at', async () => {
  const name = await restored();
  await server.run(
    name,
    `CREATE ROLE no_logs LOGIN; GRANT USAGE ON SCHEMA pgagent TO no_logs; GRANT SELECT ON ALL TABLES IN SCHEMA pgagent TO no_logs;
     REVOKE SELECT ON pgagent.pga_joblog FROM no_logs`,
  );
  const looked = await dryRun(['-s', server.uri(name, 'no_logs'), '-t', server.uri(name)]);
  assert.equal(looked.one('source-sequences').status, 'note');
});
