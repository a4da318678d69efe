import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Server, startServer } from '../servers/postgres.ts';
import { Both } from './both-schemas.ts';

/*
 * Triggers and rules of the target's owner: what they make of a row, or keep from being deleted, is not what the plan said.
 */
let server: Server;
let databases = 0;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

async function place(): Promise<Both> {
  databases += 1;
  const both = await Both.create(server, `triggers_${databases}`);
  await both.insert({ name: 'one' });
  await both.insert({ name: 'two' });
  return both;
}

const trigger = (table: string, when: string, body: string): string =>
  `CREATE FUNCTION own() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN ${body} END$$;
   CREATE TRIGGER own ${when} ON timetable.${table} FOR EACH ROW EXECUTE FUNCTION own()`;

for (const [what, sql] of [
  ['the line', trigger('chain', 'BEFORE INSERT', "NEW.run_at := '1 1 1 1 1'; RETURN NEW;")],
  ['live', trigger('chain', 'BEFORE INSERT', 'NEW.live := false; RETURN NEW;')],
  [
    'the line afterwards',
    trigger(
      'chain',
      'AFTER INSERT',
      "UPDATE timetable.chain SET run_at = '1 1 1 1 1' WHERE chain_id = NEW.chain_id; RETURN NULL;",
    ),
  ],
  ['a command', trigger('task', 'BEFORE INSERT', "NEW.command := NEW.command || ' '; RETURN NEW;")],
] as const)
  test(`a trigger that changes ${what} of a chain stops the run, and nothing is written`, async () => {
    const both = await place();
    await both.rows(sql);
    // A cutover makes chains live later, and looks whether they are.
    const { code, stderr } = await both.migrate(...(what === 'live' ? [] : ['--disable-source']));
    assert.equal(code, 3, stderr);
    assert.match(
      stderr,
      /The target changed the chain "one @ nightly" as it was written\. Nothing was written\.\n/,
    );
    assert.equal(await both.value('SELECT count(*)::int FROM timetable.chain'), 0);
    assert.equal(await both.value('SELECT count(*)::int FROM pgagent.pga_job WHERE jobenabled'), 2);
  });

test('a trigger that changes nothing is no obstacle', async () => {
  const both = await place();
  await both.rows(trigger('chain', 'BEFORE INSERT', 'RETURN NEW;'));
  const { code, stderr } = await both.migrate();
  assert.equal(code, 0, stderr);
  assert.equal(await both.value('SELECT count(*)::int FROM timetable.chain'), 2);
});

for (const [what, sql] of [
  [
    'trigger',
    trigger('chain', 'BEFORE DELETE', "RETURN CASE WHEN OLD.chain_name LIKE 'one%' THEN NULL ELSE OLD END;"),
  ],
  [
    'rule',
    "CREATE RULE own AS ON DELETE TO timetable.chain WHERE OLD.chain_name LIKE 'one%' DO INSTEAD NOTHING",
  ],
] as const)
  test(`a ${what} that keeps a chain stops an undo: no job is enabled beside its chain`, async () => {
    const both = await place();
    assert.equal((await both.migrate('--disable-source')).code, 0);
    await both.rows(sql);
    const { code, stderr } = await both.undo();
    assert.equal(code, 3, stderr);
    assert.match(stderr, /The target does not let the chain "one @ nightly" be deleted\./);
    assert.equal(await both.value('SELECT count(*)::int FROM timetable.chain WHERE live'), 2);
    assert.equal(await both.value('SELECT count(*)::int FROM pgagent.pga_job WHERE jobenabled'), 0);
    await both.rows(
      what === 'rule' ? 'DROP RULE own ON timetable.chain' : 'DROP TRIGGER own ON timetable.chain',
    );
    assert.equal((await both.undo()).code, 0);
    assert.equal(await both.value('SELECT count(*)::int FROM pgagent.pga_job WHERE jobenabled'), 2);
  });

test('steps that were joined are as they were moved', async () => {
  const both = await place();
  const steps = ['a', 'b', 'c'].map((name) => ({ name, code: 'SELECT 1' }));
  await both.insert({ name: 'joined', steps });
  assert.equal((await both.migrate('--transaction', 'joined=joined')).code, 0);
  const equal = await both.verify();
  assert.equal(equal.code, 0, equal.stdout);
  await both.rows("UPDATE pgagent.pga_jobstep SET jstenabled = false WHERE jstname = 'b'");
  const changed = await both.verify();
  assert.equal(changed.code, 5);
  assert.match(
    changed.stdout.replace(/\s+/g, ' '),
    /its live tasks are SQL "a \+ b \+ c"; the job's enabled steps are SQL "a", SQL "c"/,
  );
});
