import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Result } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { Both } from './both-schemas.ts';
import { bothWays, NO_PSQL, psql, scriptOf } from './script-run.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

let databases = 0;
const both = (): Promise<Both> => Both.create(server, `both_${++databases}`);
const script = (place: Both, ...args: string[]): Promise<string> => scriptOf(server, place.name, ...args);
const run = (place: Both, text: string): Promise<Result> => psql(server, place.name, text);
const edit = (place: Both): Promise<unknown> =>
  place.rows(`UPDATE pgagent.pga_jobstep SET jstcode = 'SELECT 2' WHERE jstid = 1`);

/** The script ends with this error, and every row is as it was. */
async function refuses(place: Both, text: string, error: RegExp): Promise<void> {
  const state = await place.snapshot();
  const { code, stderr, stdout } = await run(place, text);
  assert.match(stderr, error);
  assert.equal(code, 3);
  assert.equal(stdout, '');
  assert.deepEqual(await place.snapshot(), state);
}

async function moved(...names: string[]): Promise<Both> {
  const place = await both();
  for (const name of names) await place.insert({ name });
  assert.equal((await place.migrate()).code, 0);
  return place;
}

describe('a script for psql, where the target is not as planned', { skip: NO_PSQL, concurrency: 2 }, () => {
  test('ends at names that are taken by then, and names them; nothing is left of the jobs before', async () => {
    const place = await both();
    for (const name of ['first', 'second "x"']) await place.insert({ name });
    const text = await script(place);
    await place.rows(`INSERT INTO timetable.chain (chain_name) VALUES ('second "x" @ nightly')`);
    await refuses(
      place,
      text,
      /ERROR: {2}Job 2: the target has chains of these names, .*: "second \\"x\\" @ nightly"/,
    );
  });

  test('that is a conflict already says so in its head, and ends there', async () => {
    const place = await both();
    await place.insert({ name: 'a' });
    await place.rows(`INSERT INTO timetable.chain (chain_name) VALUES ('a @ nightly')`);
    const { code, stdout, stderr } = await place.run('--format', 'sql');
    assert.equal(code, 4);
    assert.match(stderr, /A run would stop here: The target already has chains/);
    assert.match(
      stdout,
      /^-- THIS SCRIPT STOPS AT ITS BEGINNING, AND WRITES NOTHING:\n-- {3}The target already has chains/m,
    );
    assert.match(
      stdout,
      /^-- Job 1 "a": STOPS THIS SCRIPT\.\n-- {3}because "a @ nightly" is a chain that this tool did not make for it$/m,
    );
    await refuses(
      place,
      stdout,
      /ERROR: {2}The target already has chains that differ from the plan: job 1 "a"/,
    );
    const without = stdout.replace(
      / {2}RAISE EXCEPTION USING MESSAGE = 'The target already has chains[^\n]*\n/,
      '',
    );
    await refuses(
      place,
      without,
      /ERROR: {2}Job 1: "a @ nightly" is a chain that this tool did not make for it\./,
    );
  });

  test('leaves a job alone by --on-conflict skip, and makes the others', async () => {
    const place = await both();
    for (const name of ['a', 'b']) await place.insert({ name });
    await place.rows(`INSERT INTO timetable.chain (chain_name, live) VALUES ('a @ nightly', false)`);
    const { code, stdout } = await place.run('--format', 'sql', '--on-conflict', 'skip');
    assert.equal(code, 6);
    assert.match(stdout, /^-- Job 1 "a": left as it is on the target\.$/m);
    assert.equal((await run(place, stdout)).code, 0);
    assert.deepEqual(await place.rows('SELECT chain_name AS name, live FROM timetable.chain ORDER BY 1'), [
      { name: 'a @ nightly', live: false },
      { name: 'b @ nightly', live: true },
    ]);
    assert.equal(await place.value('SELECT string_agg(job_name, $$,$$) FROM pga2timetable.job'), 'b');
  });

  test('replaces what migrate replaces, and keeps what it keeps', async () => {
    const place = await moved('edited', 'kept');
    await edit(place);
    const kept = await place.rows(`SELECT xmin, c FROM timetable.chain c WHERE chain_name LIKE 'kept%'`);
    const options = ['--on-conflict', 'replace'];
    const [byMigrate, byScript] = await bothWays(
      server,
      place.name,
      async () => assert.equal((await place.migrate(...options)).code, 0),
      async () => assert.equal((await run(place, await script(place, ...options))).code, 0),
    );
    assert.deepEqual(byScript, byMigrate);
    assert.deepEqual(
      await place.rows(`SELECT xmin, c FROM timetable.chain c WHERE chain_name LIKE 'kept%'`),
      kept,
    );
    assert.equal(
      await place.value(`SELECT command FROM timetable.task WHERE command = 'SELECT 2'`),
      'SELECT 2',
    );
    assert.deepEqual(await place.actions(), { edited: 'keep', kept: 'keep' });
  });

  test('replaces nothing that was changed by hand, switched or taken out since it was made', async () => {
    const place = await moved('edited');
    await edit(place);
    const text = await script(place, '--on-conflict', 'replace');
    for (const change of [
      `UPDATE timetable.task SET command = 'SELECT 3' WHERE task_order = 10`,
      `UPDATE timetable.chain SET run_at = '5 5 * * *'`,
      'UPDATE timetable.chain SET live = false',
      'DELETE FROM timetable.chain',
    ]) {
      await place.rows(
        'CREATE TABLE public.was AS SELECT * FROM timetable.chain; CREATE TABLE public.tasks AS SELECT * FROM timetable.task',
      );
      await place.rows(change);
      await refuses(
        place,
        text,
        /ERROR: {2}Job 1: chains were changed by hand, or are gone, since this script was made: "edited @ nightly"/,
      );
      await place.rows(`DELETE FROM timetable.chain; INSERT INTO timetable.chain SELECT * FROM public.was;
        INSERT INTO timetable.task SELECT * FROM public.tasks; DROP TABLE public.was, public.tasks`);
    }
    assert.equal((await run(place, text)).code, 0, 'as it was, it is replaced');
  });

  test('replaces by force what it saw, another job’s old chain too, and nothing else', async () => {
    // Each of the two has the name of the other now.
    const place = await moved('one', 'two', 'changed', 'gone');
    await place.rows(`UPDATE pgagent.pga_job SET jobname = CASE jobid WHEN 1 THEN 'two' ELSE 'one' END WHERE jobid < 3;
      UPDATE timetable.chain SET run_at = '5 5 * * *' WHERE chain_name LIKE 'changed%';
      DELETE FROM timetable.chain WHERE chain_name LIKE 'gone%'`);
    const options = ['--on-conflict', 'replace', '--force'];
    const text = await script(place, ...options);
    await place.rows(`UPDATE timetable.chain SET run_at = '6 6 * * *' WHERE chain_name LIKE 'changed%'`);
    await refuses(place, text, /ERROR: {2}Job 3: chains were changed by hand/);
    await place.rows(`UPDATE timetable.chain SET run_at = '5 5 * * *' WHERE chain_name LIKE 'changed%'`);
    const [byMigrate, byScript] = await bothWays(
      server,
      place.name,
      async () => assert.equal((await place.migrate(...options)).code, 0),
      async () => assert.equal((await run(place, text)).stderr, ''),
    );
    assert.deepEqual(byScript, byMigrate);
    assert.deepEqual([...new Set(Object.values(await place.actions()))], ['keep']);
  });

  test('replaces by force where there is no record yet', async () => {
    const place = await both();
    await place.insert({ name: 'a' });
    await place.rows(`INSERT INTO timetable.chain (chain_name, run_at) VALUES ('a @ nightly', '1 1 1 1 1')`);
    const options = ['--on-conflict', 'replace', '--force'];
    const text = await script(place, ...options);
    const [byMigrate, byScript] = await bothWays(
      server,
      place.name,
      async () => assert.equal((await place.migrate(...options)).code, 0),
      async () => assert.equal((await run(place, text)).stderr, ''),
    );
    assert.deepEqual(byScript, byMigrate);
  });

  test('switches chains that stand as planned, and only those', async () => {
    const place = await both();
    for (const name of ['a', 'b']) await place.insert({ name });
    assert.equal((await place.migrate('--paused')).code, 0);
    const text = await script(place);
    assert.match(text, /^-- Job 1 "a": its chains are there as planned; they are switched on or off\.$/m);
    await place.rows(`UPDATE timetable.chain SET live = true WHERE chain_name LIKE 'b%'`);
    await refuses(place, text, /ERROR: {2}Job 2: chains were changed by hand/);
    await place.rows(`UPDATE timetable.chain SET live = false WHERE chain_name LIKE 'b%'`);
    await place.rows(`UPDATE timetable.task SET command = 'SELECT 3' WHERE task_order = 10`);
    await refuses(place, text, /ERROR: {2}Job 1: chains were changed by hand/);
    await place.rows(`UPDATE timetable.task SET command = 'SELECT 1' WHERE task_order = 10`);
    const [byMigrate, byScript] = await bothWays(
      server,
      place.name,
      async () => assert.equal((await place.migrate()).code, 0),
      async () => {
        const { stdout, stderr } = await run(place, text);
        assert.equal(stderr, '');
        assert.match(stdout, /0 jobs written: 0 chains, 0 tasks\. 2 chains switched on or off\./);
      },
    );
    assert.deepEqual(byScript, byMigrate);
    assert.equal(await place.value('SELECT bool_and(live) FROM timetable.chain'), true);
  });

  test('does nothing a second time, nor after a run or an undo in between', async () => {
    const place = await both();
    await place.insert({ name: 'a' });
    const text = await script(place);
    assert.equal((await run(place, text)).code, 0);
    await refuses(place, text, /ERROR: {2}Job 1 has been moved since this script was made\./);
    const keeps = await script(place);
    const before = await place.snapshot();
    assert.deepEqual(await run(place, keeps), {
      code: 0,
      stdout: '0 jobs written: 0 chains, 0 tasks.\n',
      stderr: '',
    });
    assert.deepEqual(await place.snapshot(), before, 'what is there as planned is not touched');
    await place.rows(`UPDATE pga2timetable.job SET plan_digest = 'another'`);
    await refuses(place, keeps, /ERROR: {2}The record of job 1 is not what it was/);
    await place.undo('--force');
    await refuses(place, keeps, /ERROR: {2}The record pga2timetable\.job, .* is gone\./);
  });

  test('does not replace a chain while it runs', async () => {
    const place = await moved('edited');
    await edit(place);
    const text = await script(place, '--on-conflict', 'replace');
    const client = await server.connect(place.name);
    await client.query(`INSERT INTO timetable.active_session VALUES (1, pg_backend_pid(), 'w1')`);
    await client.query(`INSERT INTO timetable.active_chain SELECT chain_id, 'w1' FROM timetable.chain`);
    await client.query('BEGIN; SELECT 1');
    await refuses(
      place,
      text,
      /ERROR: {2}Job 1: pg_timetable runs chains now that would be replaced \(chain_id 1\)/,
    );
    await client.query('COMMIT');
    await client.end();
    assert.equal((await run(place, text)).code, 0);
  });

  test('leaves nothing when a row is not taken in the middle', async () => {
    for (const [event, body, error] of [
      ['task', `IF NEW.task_name = 'b' THEN RAISE EXCEPTION 'no b'; END IF; RETURN NEW;`, /ERROR: {2}no b/],
      ['task', `IF NEW.task_name = 'b' THEN RETURN NULL; END IF; RETURN NEW;`, /no rows returned for \\gset/],
      ['chain', 'RETURN NULL;', /no rows returned for \\gset/],
      [
        'chain',
        `NEW.chain_name := 'other'; RETURN NEW;`,
        /ERROR: {2}The target did not take a chain as it was written\./,
      ],
    ] as const) {
      const place = await both();
      await place.insert({
        name: 'a',
        steps: [
          { name: 'a', code: 'SELECT 1' },
          { name: 'b', code: 'SELECT 2' },
        ],
      });
      const text = await script(place);
      await place.rows(`CREATE FUNCTION public.meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} END $$;
        CREATE TRIGGER meddle BEFORE INSERT ON timetable.${event} FOR EACH ROW EXECUTE FUNCTION public.meddle()`);
      await refuses(place, text, error);
    }
  });

  test('keeps away from another run, another database, another schema and half-done work', async () => {
    const place = await both();
    await place.insert({ name: 'a' });
    const text = await script(place);
    const other = await server.connect(place.name);
    await other.query('SELECT pg_advisory_lock(7377262311872209)');
    await refuses(place, text, /ERROR: {2}Another pga2timetable is writing to this target\./);
    await other.end();

    const elsewhere = await both();
    await refuses(
      elsewhere,
      text,
      new RegExp(`ERROR: {2}This script was made for the database "${place.name}"`),
    );
    await refuses(
      place,
      text.replace(/<> '\d{19}'/, "<> '1'"),
      /ERROR: {2}This script was made for a database on another server\./,
    );
    await refuses(place, text.replaceAll('\n', '\r\n'), /ERROR: {2}The line ends of this file were changed/);

    await place.rows('ALTER TABLE timetable.task DROP COLUMN live');
    await refuses(place, text, /ERROR: {2}This script was made for pg_timetable 7 or later/);
    const old = await script(place);
    await place.rows('ALTER TABLE timetable.task ADD COLUMN live boolean NOT NULL DEFAULT true');
    await refuses(place, old, /ERROR: {2}This script was made for pg_timetable before 7/);
    await place.rows('DROP SCHEMA timetable CASCADE');
    await refuses(place, text, /ERROR: {2}The database "both_\d+" has no schema timetable\./);
    await createTimetable(server, place.name);
    assert.equal((await run(place, text)).code, 0, 'and now it does it');

    await place.insert({ name: 'b' });
    const more = await script(place);
    await place.rows(`UPDATE pga2timetable.job SET phase = 'undoing'`);
    await refuses(place, more, /ERROR: {2}A cutover or an undo of this pgAgent is unfinished\./);
  });

  test('lets no agent and live chains meet; where none is live, an agent may be there', async () => {
    const place = await both();
    await place.insert({ name: 'a' });
    const [live, paused] = [await script(place), await script(place, '--paused')];
    const agent = await server.connect(place.name);
    await agent.query(
      `INSERT INTO pgagent.pga_jobagent (jagpid, jagstation) VALUES (pg_backend_pid(), 'db1')`,
    );
    await refuses(place, live, /ERROR: {2}A pgAgent is connected, and the chains would be live/);
    const stopped = await place.run('--format', 'sql');
    assert.equal(stopped.code, 3);
    assert.match(stopped.stdout, /^-- {3}STOP pgagent-connected: A pgAgent is connected to the source/m);
    assert.equal((await run(place, paused)).code, 0);
    assert.equal((await place.undo()).code, 0);
    await agent.end();
    assert.equal((await run(place, stopped.stdout)).code, 0, 'what only its time decides is decided then');
  });

  test('for clocks that differ ends at its beginning, as migrate does', async () => {
    const place = await both();
    await place.insert({ name: 'a' });
    const { code, stdout } = await place.run('--format', 'sql', '--source-time-zone', 'Asia/Tokyo');
    assert.equal(code, 3);
    await refuses(place, stdout, /ERROR: {2}The two sides have different time zones/);
  });

  test('holds no password of a description, unless it is asked to', async () => {
    const place = await both();
    await place.insert({ name: 'a', description: 'PGPASSWORD=Zq7xsecret psql' });
    await place.insert({ name: 'b', description: 'plain' });
    const refused = await place.run('--format', 'sql');
    assert.deepEqual([refused.code, refused.stdout], [3, '']);
    assert.match(
      refused.stderr,
      /^pga2timetable: Steps, names or descriptions of 1 job hold a password, .*: job 1 "a"\.\n/,
    );
    assert.equal(
      (await place.run('--format', 'yaml')).code,
      0,
      'a format without descriptions does not mind',
    );
    const stripped = await place.run('--format', 'sql', '--strip-passwords');
    assert.equal(stripped.code, 0);
    assert.doesNotMatch(stripped.stdout, /Zq7x/);
    assert.match(await script(place, '--show-secrets'), /PGPASSWORD=Zq7xsecret psql/);
  });

  test('holds no password of a name, which nothing strips', async () => {
    const place = await both();
    await place.insert({ name: 'load postgresql://u:Zq7xsecret@h/db' });
    for (const format of ['sql', 'yaml']) {
      const refused = await place.run('--format', format, '--strip-passwords');
      assert.deepEqual([refused.code, refused.stdout], [3, ''], format);
      assert.doesNotMatch(refused.stderr, /Zq7x/);
    }
  });
});
