import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pga2timetable } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { type Server, startServer } from '../servers/postgres.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

/** A database of each kind, with two jobs in pgAgent's that are due once a year. */
async function twoDatabases(name: string): Promise<readonly string[]> {
  for (const side of ['s', 't']) await server.createDatabase(`${name}_${side}`);
  await createStandInPgAgent(server, `${name}_s`);
  await createTimetable(server, `${name}_t`);
  for (const job of ['a', 'b']) {
    await insertJob(server, `${name}_s`, {
      name: job,
      schedules: [{ minutes: [0], hours: [0], monthDays: [1], months: [1] }],
      steps: [{ name: 'a', code: 'SELECT 1', database: `${name}_t` }],
    });
  }
  return ['-s', server.uri(`${name}_s`), '-t', server.uri(`${name}_t`)];
}

const enabled = async (name: string): Promise<readonly string[]> =>
  (await server.run(`${name}_s`, 'SELECT jobname FROM pgagent.pga_job WHERE jobenabled ORDER BY 1')).rows.map(
    ({ jobname }) => jobname,
  );
const live = async (name: string): Promise<readonly string[]> =>
  (await server.run(`${name}_t`, 'SELECT chain_name FROM timetable.chain WHERE live ORDER BY 1')).rows.map(
    ({ chain_name }) => chain_name,
  );
const cutOver = (sides: readonly string[], ...more: string[]) =>
  pga2timetable([...sides, '--disable-source', '--without-client', '--wait', '0', ...more]);

const KEEPS_A_ENABLED = {
  'a trigger that passes the change over': `CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF OLD.jobname = ''a'' THEN RETURN NULL; END IF; RETURN NEW; END';
     CREATE TRIGGER aa BEFORE UPDATE ON pgagent.pga_job FOR EACH ROW EXECUTE FUNCTION keep()`,
  'a trigger that takes the change back': `CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.jobenabled := true; RETURN NEW; END';
     CREATE TRIGGER aa BEFORE UPDATE ON pgagent.pga_job FOR EACH ROW WHEN (OLD.jobname = 'a') EXECUTE FUNCTION keep()`,
  'a trigger that enables the job again behind the change': `CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS
       'BEGIN UPDATE pgagent.pga_job SET jobenabled = true WHERE jobid = NEW.jobid; RETURN NULL; END';
     CREATE TRIGGER aa AFTER UPDATE ON pgagent.pga_job FOR EACH ROW
       WHEN (OLD.jobname = 'a' AND NOT NEW.jobenabled) EXECUTE FUNCTION keep()`,
};
for (const [index, [what, sql]] of Object.entries(KEEPS_A_ENABLED).entries()) {
  test(`${what}: a job that stays enabled is never handed over, and the run says so`, async () => {
    const name = `kept${index}`;
    const sides = await twoDatabases(name);
    await server.run(`${name}_s`, sql);
    const { code, stderr } = await cutOver(sides);
    assert.equal(code, 7, stderr);
    assert.match(stderr, /The source does not let job 1 be disabled: it stays enabled\./);
    assert.deepEqual([await enabled(name), await live(name)], [['a', 'b'], []]);
    const undone = await pga2timetable(['undo', ...sides]);
    assert.equal(undone.code, 0, undone.stderr);
    assert.deepEqual(await enabled(name), ['a', 'b']);
  });
}

/** A cutover that is killed when the jobs are disabled and no chain is live yet. */
async function brokenOff(name: string): Promise<readonly string[]> {
  const sides = await twoDatabases(name);
  // The step that makes the chains live fails; the step before it has committed.
  await server.run(
    `${name}_t`,
    `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''not now''; END';
     CREATE TRIGGER aa BEFORE UPDATE ON timetable.chain FOR EACH ROW EXECUTE FUNCTION fail()`,
  );
  const { code, stderr } = await cutOver(sides);
  assert.equal(code, 7, stderr);
  await server.run(`${name}_t`, 'DROP TRIGGER aa ON timetable.chain');
  assert.deepEqual([await enabled(name), await live(name)], [[], []]);
  return sides;
}

test('jobs that somebody touched while a cutover was unfinished are still known as disabled by it', async () => {
  const sides = await brokenOff('touched');
  await server.run(
    'touched_s',
    "UPDATE pgagent.pga_job SET jobdesc = 'x', jobchanged = now() WHERE jobname = 'a'",
  );
  const { code, stderr } = await cutOver(sides);
  assert.equal(code, 0, stderr);
  assert.deepEqual(await live('touched'), ['a @ schedule 1', 'b @ schedule 1']);
  assert.equal((await pga2timetable(['undo', ...sides])).code, 0);
  assert.deepEqual(await enabled('touched'), ['a', 'b']);
});

test('a trigger that keeps jobchanged its own way hides nothing from the run that finishes', async () => {
  const name = 'keeper';
  const sides = await twoDatabases(name);
  await server.run(
    `${name}_s`,
    `CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.jobchanged := now(); RETURN NEW; END';
     CREATE TRIGGER zz BEFORE UPDATE ON pgagent.pga_job FOR EACH ROW EXECUTE FUNCTION touch()`,
  );
  await server.run(
    `${name}_t`,
    `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''not now''; END';
     CREATE TRIGGER aa BEFORE UPDATE ON timetable.chain FOR EACH ROW EXECUTE FUNCTION fail()`,
  );
  assert.equal((await cutOver(sides)).code, 7);
  await server.run(`${name}_t`, 'DROP TRIGGER aa ON timetable.chain');
  const { code, stderr } = await cutOver(sides);
  assert.equal(code, 0, stderr);
  assert.deepEqual([await enabled(name), await live(name)], [[], ['a @ schedule 1', 'b @ schedule 1']]);
});

test('a run that finishes only some of the jobs ends with 7, and says how many are left', async () => {
  const sides = await brokenOff('some');
  const { code, stderr } = await cutOver(sides, '--job', 'a');
  assert.equal(code, 7, stderr);
  assert.match(
    stderr,
    /A cutover of 1 job is still unfinished: this run did not select it|this run did not select them/,
  );
  const verified = await pga2timetable(['verify', ...sides]);
  assert.match(verified.stderr, /A cutover of 1 job is unfinished/);
  assert.equal((await cutOver(sides)).code, 0);
  assert.deepEqual(await live('some'), ['a @ schedule 1', 'b @ schedule 1']);
});

test('undo stops no chain where it could not enable the jobs behind that', async () => {
  const sides = await twoDatabases('denied');
  assert.equal((await cutOver(sides)).code, 0);
  await server.run(
    'denied_s',
    'CREATE ROLE reads LOGIN; GRANT USAGE ON SCHEMA pgagent TO reads; GRANT SELECT ON ALL TABLES IN SCHEMA pgagent TO reads',
  );
  const args = ['undo', '-s', server.uri('denied_s', 'reads'), '-t', server.uri('denied_t')];
  for (const more of [[], ['--dry-run']]) {
    const { code, stderr } = await pga2timetable([...args, ...more]);
    assert.equal(code, 3, stderr);
    assert.match(
      stderr,
      /lacks on the source: UPDATE \(jobenabled, jobchanged, jobnextrun\) on pgagent\.pga_job/,
    );
  }
  assert.deepEqual(await live('denied'), ['a @ schedule 1', 'b @ schedule 1']);
  await server.run(
    'denied_s',
    'GRANT UPDATE (jobenabled, jobchanged, jobnextrun) ON pgagent.pga_job TO "reads";',
  );
  assert.equal((await pga2timetable(args)).code, 0);
  assert.deepEqual(await enabled('denied'), ['a', 'b']);
});

test('a schema pga2timetable that an administrator made outlives undo', async () => {
  const sides = await twoDatabases('made');
  await server.run('made_t', 'CREATE SCHEMA pga2timetable');
  assert.equal((await cutOver(sides)).code, 0);
  assert.equal((await pga2timetable(['undo', ...sides])).code, 0);
  const { rows } = await server.run(
    'made_t',
    "SELECT to_regnamespace('pga2timetable') IS NOT NULL AS schema, to_regclass('pga2timetable.job') IS NOT NULL AS table",
  );
  assert.deepEqual(rows, [{ schema: true, table: false }]);
});

for (const level of ['repeatable read', 'serializable']) {
  test(`a role whose transactions are ${level} sees an edit of the last moment all the same`, async () => {
    const name = level.replace(' ', '_');
    await twoDatabases(name);
    await server.run(
      'postgres',
      `CREATE ROLE ${name} LOGIN SUPERUSER; ALTER ROLE ${name} SET default_transaction_isolation = '${level}'`,
    );
    const other = await server.connect(`${name}_s`);
    await other.query("BEGIN; UPDATE pgagent.pga_job SET jobdesc = 'held' WHERE jobname = 'a'");
    const run = pga2timetable([
      ...['-s', server.uri(`${name}_s`, name), '-t', server.uri(`${name}_t`, name)],
      ...['--disable-source', '--without-client', '--wait', '60s'],
    ]);
    const deadline = Date.now() + 60_000;
    while ((await server.run(`${name}_t`, 'SELECT 1 FROM timetable.chain')).rowCount === 0) {
      assert.ok(Date.now() < deadline, 'no chain came');
    }
    await other.query(
      `INSERT INTO pgagent.pga_jobstep (jstjobid, jstname, jstkind, jstcode, jstdbname) VALUES (1, 'zz', 's', 'SELECT 2', '${name}_t'); COMMIT`,
    );
    await other.end();
    const { code, stderr } = await run;
    assert.equal(code, 7, stderr);
    assert.match(stderr, /Job 1 was changed in pgAgent while this ran\./);
    assert.deepEqual([await enabled(name), await live(name)], [['a', 'b'], []]);
  });
}

test('jobs that their owner disabled behind a plain run stay with their live chains', async () => {
  const sides = await twoDatabases('by_hand');
  assert.equal((await pga2timetable(sides)).code, 0);
  await server.run('by_hand_s', 'UPDATE pgagent.pga_job SET jobenabled = false');
  const again = await pga2timetable(sides);
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stdout, /2 jobs there already, as planned\. Nothing was written\./);
  assert.deepEqual(await live('by_hand'), ['a @ schedule 1', 'b @ schedule 1']);
  const undone = await pga2timetable(['undo', ...sides]);
  assert.match(undone.stdout, /job 1 "a": STAYS DISABLED in pgAgent/);
});

test('a job that was enabled in pgAgent again behind a cutover is told by verify and by the next run', async () => {
  const sides = await twoDatabases('again');
  assert.equal((await cutOver(sides)).code, 0);
  await server.run('again_s', "UPDATE pgagent.pga_job SET jobenabled = true WHERE jobname = 'a'");
  const verified = await pga2timetable(['verify', ...sides]);
  assert.equal(verified.code, 5);
  assert.match(verified.stdout, /on-both-sides: a cutover disabled it in pgAgent/);
  const { code, stdout } = await cutOver(sides);
  assert.equal(code, 0);
  assert.match(stdout, /An earlier run had disabled job 1, which somebody enabled in pgAgent again/);
  assert.doesNotMatch(stdout, /none ran twice/);
  assert.deepEqual(await enabled('again'), []);
});

test('a job that was made anew under the id of one that moved is not enabled by undo, nor moved in its place', async () => {
  const sides = await twoDatabases('anew');
  assert.equal((await cutOver(sides)).code, 0);
  await server.run(
    'anew_s',
    `DELETE FROM pgagent.pga_job WHERE jobid = 1;
     INSERT INTO pgagent.pga_job (jobid, jobjclid, jobname, jobenabled) VALUES (1, 1, 'other', false)`,
  );
  const again = await cutOver(sides, '--on-conflict', 'replace', '--force');
  assert.equal(again.code, 4, again.stderr);
  assert.match(again.stderr, /the job "a" that moved under this id is gone, and its chains stay/);
  const undone = await pga2timetable(['undo', ...sides]);
  assert.equal(undone.code, 0, undone.stderr);
  assert.match(undone.stdout, /job 1 "a": not in pgAgent any more/);
  assert.deepEqual(await enabled('anew'), ['b']);
});

test('a record of this source under another name is told, with the way to adopt it', async () => {
  const sides = await twoDatabases('former');
  assert.equal((await cutOver(sides)).code, 0);
  await server.run('postgres', 'ALTER DATABASE former_s RENAME TO former_s2');
  const renamed = ['-s', server.uri('former_s2'), '-t', server.uri('former_t')];
  const undone = await pga2timetable(['undo', ...renamed]);
  assert.equal(undone.code, 3);
  const [, statement = ''] =
    /run on the target: (UPDATE [^;]+;)/.exec(undone.stderr.replaceAll(/\s+/g, ' ')) ?? [];
  await server.run('former_t', statement);
  assert.equal((await pga2timetable(['undo', ...renamed])).code, 0);
  const { rows } = await server.run('former_s2', 'SELECT 1 FROM pgagent.pga_job WHERE jobenabled');
  assert.equal(rows.length, 2);
});

test('undo enables by the clock that the jobs moved with', async () => {
  const sides = await twoDatabases('clock');
  await server.run(
    'postgres',
    "CREATE ROLE clock_agent LOGIN; ALTER ROLE clock_agent SET TimeZone = 'America/New_York'",
  );
  const { code, stderr } = await cutOver(sides, '--source-role', 'clock_agent', '--accept-time-zone');
  assert.equal(code, 0, stderr);
  assert.equal((await pga2timetable(['undo', ...sides])).code, 0);
  const { rows } = await server.run(
    'clock_s',
    `SELECT DISTINCT to_char(jobnextrun AT TIME ZONE 'America/New_York', 'MM-DD HH24:MI') AS next FROM pgagent.pga_job`,
  );
  assert.deepEqual(rows, [{ next: '01-01 00:00' }]);
});

const SWALLOWS = (table: string, when: string): string =>
  `CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
   CREATE TRIGGER aa BEFORE UPDATE ON ${table} FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION swallow()`;

test('a chain that the target keeps from going live is no finished cutover', async () => {
  const sides = await twoDatabases('swallowed');
  await server.run('swallowed_t', SWALLOWS('timetable.chain', "NEW.live AND OLD.chain_name LIKE 'a @%'"));
  const { code, stderr } = await cutOver(sides);
  assert.equal(code, 7, stderr);
  assert.match(stderr, /The target does not let the chain "a @ schedule 1" go live[\s\S]*NOTHING RUNS THEM/);
  assert.equal(stderr.match(/may be disabled/g)?.length, 1, stderr);
  await server.run('swallowed_t', 'DROP TRIGGER aa ON timetable.chain');
  assert.equal((await cutOver(sides)).code, 0);
  assert.deepEqual(await live('swallowed'), ['a @ schedule 1', 'b @ schedule 1']);
});

test('a source that refuses the commit keeps its jobs enabled, and the tool says so', async () => {
  const sides = await twoDatabases('refusing');
  await server.run(
    'refusing_s',
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''not today''; END';
     CREATE CONSTRAINT TRIGGER zz AFTER UPDATE ON pgagent.pga_job DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW WHEN (NOT NEW.jobenabled) EXECUTE FUNCTION refuse()`,
  );
  const { code, stderr } = await cutOver(sides);
  assert.equal(code, 7, stderr);
  assert.match(stderr, /The source refused: not today[\s\S]*pgAgent keeps running the jobs/);
  assert.doesNotMatch(stderr, /NOTHING RUNS THEM/);
  const enabled = await server.run('refusing_s', 'SELECT 1 FROM pgagent.pga_job WHERE jobenabled');
  assert.equal(enabled.rows.length, 2);
  await server.run('refusing_s', 'DROP TRIGGER zz ON pgagent.pga_job');
  assert.equal((await cutOver(sides)).code, 0);
});

test('a target that refuses to make chains live is named', async () => {
  const sides = await twoDatabases('loud');
  await server.run(
    'loud_t',
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''not today''; END';
     CREATE TRIGGER aa BEFORE UPDATE ON timetable.chain FOR EACH ROW WHEN (NEW.live) EXECUTE FUNCTION refuse()`,
  );
  const { code, stderr } = await cutOver(sides);
  assert.equal(code, 7, stderr);
  assert.match(stderr, /The target refused: not today[\s\S]*NOTHING RUNS THEM/);
  await server.run('loud_t', 'DROP TRIGGER aa ON timetable.chain');
  assert.equal((await cutOver(sides)).code, 0);
});

test('a job that the source keeps from being enabled is no finished undo', async () => {
  const sides = await twoDatabases('stays');
  assert.equal((await cutOver(sides)).code, 0);
  await server.run('stays_s', SWALLOWS('pgagent.pga_job', "NEW.jobenabled AND OLD.jobname = 'a'"));
  const { code, stderr } = await pga2timetable(['undo', ...sides]);
  assert.equal(code, 7, stderr);
  assert.match(stderr, /The source does not let job 1 be enabled: it stays disabled/);
  await server.run('stays_s', 'DROP TRIGGER aa ON pgagent.pga_job');
  assert.equal((await pga2timetable(['undo', ...sides])).code, 0);
  assert.deepEqual(await enabled('stays'), ['a', 'b']);
});
