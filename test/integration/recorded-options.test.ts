import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Server, startServer } from '../servers/postgres.ts';
import { Both } from './both-schemas.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

let databases = 0;
const both = (): Promise<Both> => Both.create(server, `options_${++databases}`);

const LAST_DAY = [{ name: 'month end', minutes: [0], hours: [18], monthDays: [15, 32] }];

describe('the options of an earlier run come out of the record', { concurrency: 2 }, () => {
  test('after a cutover, verify, a second migrate and undo need none of them', async () => {
    const place = await both();
    await place.insert({ name: 'any' });
    await place.insert({ name: 'bound', host: 'h1', schedules: LAST_DAY });
    const options = ['--client-name', '=main', '--client-name', 'h1=w1', '--last-day', 'honor'];
    const first = await place.migrate('--disable-source', ...options);
    assert.equal(first.code, 0, first.stderr);
    const verified = await place.verify();
    assert.deepEqual(
      [verified.code, verified.stdout.split('\n').at(-2)],
      [0, '2 jobs: 2 equal, 0 different, 0 idle (neither side runs them by the clock).'],
    );
    const line = verified.stderr.replaceAll(/\s+/g, ' ');
    for (const text of ['=main (1 job)', 'h1=w1 (1 job)', '--last-day honor (2 jobs)'])
      assert.ok(line.startsWith('From the record of earlier runs: ') && line.includes(text), line);
    const before = await place.snapshot();
    const second = await place.migrate('--disable-source');
    assert.equal(second.code, 0, second.stderr);
    assert.deepEqual(await place.snapshot(), before, 'nothing is written');
    // A new job takes the defaults: pgAgent ignores the last day beside another day.
    await place.insert({ name: 'new', schedules: LAST_DAY });
    assert.equal((await place.migrate('--dry-run', '--strict')).code, 3, 'the advisory of --last-day keep');
    assert.deepEqual(await place.actions(), { any: 'keep', bound: 'keep', new: 'create' });
    const undone = await place.undo();
    assert.equal(undone.code, 0, undone.stderr);
  });

  test('a host whose jobs have moved to a client is no client of its own', async () => {
    const place = await both();
    await place.insert({ name: 'any' });
    await place.insert({ name: 'bound', host: 'h1' });
    const several = /any-host-several-clients/;
    await place.rows(
      "INSERT INTO timetable.active_session (client_pid, server_pid, client_name) VALUES (1, 1, 'main')",
    );
    assert.match((await place.migrate('--dry-run')).stderr, several, 'main and h1');
    const first = await place.migrate('--client-name', 'h1=main');
    assert.equal(first.code, 0, first.stderr);
    assert.doesNotMatch(first.stderr, several);
    assert.doesNotMatch((await place.migrate('--dry-run')).stderr, several);
  });

  test('the command line counts more than the record, and stays in it', async () => {
    const place = await both();
    await place.insert({ name: 'any' });
    assert.equal((await place.migrate('--client-name', '=main')).code, 0);
    assert.equal((await place.verify('--client-name', '=other')).code, 5);
    assert.equal((await place.migrate('--client-name', '=other')).code, 4);
    assert.equal((await place.migrate('--client-name', '=other', '--on-conflict', 'replace')).code, 0);
    assert.equal((await place.verify()).code, 0);
    assert.equal(await place.value('SELECT client_name FROM timetable.chain'), 'other');
  });

  test('a plan that was saved beside a record is written as it was read', async () => {
    const place = await both();
    await place.insert({ name: 'any' });
    assert.equal((await place.migrate('--client-name', '=main')).code, 0);
    const file = join(mkdtempSync(join(tmpdir(), 'options-')), 'plan.json');
    const saved = await place.migrate('--dry-run', '--format', 'json', '--output', file, '--overwrite');
    assert.equal(saved.code, 0, saved.stderr);
    const applied = await place.run('migrate', '--plan', file);
    assert.equal(applied.code, 0, applied.stderr);
  });

  test('no password enters the record; a run that needs it asks for the option', async () => {
    const place = await both();
    await place.insert({ name: 'elsewhere', steps: [{ name: 'a', code: 'SELECT 1', database: 'postgres' }] });
    await place.insert({ name: 'here' });
    const option = ['--step-conninfo', 'host=db1 user=etl password=planted-secret'];
    const first = await place.migrate(...option);
    assert.equal(first.code, 0, first.stderr);
    assert.deepEqual(
      await place.rows(
        `SELECT job_id AS job, options ->> 'stepConninfo' AS it FROM pga2timetable.job ORDER BY 1`,
      ),
      [
        { job: 1, it: 'host=db1 user=etl password=*****' },
        { job: 2, it: null },
      ],
    );
    assert.ok(!(await place.snapshot('pga2timetable')).join('\n').includes('planted-secret'));
    const second = await place.migrate();
    assert.equal(second.code, 2);
    assert.match(
      second.stderr,
      /Job 1 moved with a --step-conninfo that holds a password.*\n {2}Use the same --step-conninfo again/,
    );
    assert.equal((await place.migrate(...option)).code, 0);
    assert.equal((await place.migrate('--job', 'here')).code, 0);
    assert.equal((await place.verify()).code, 0);
  });

  test('a record of version 0.1.0 is read: its jobs take the defaults, and the next run completes it', async () => {
    const place = await both();
    await place.insert({ name: 'any' });
    assert.equal((await place.migrate('--client-name', '=main')).code, 0);
    await place.rows('ALTER TABLE pga2timetable.job DROP COLUMN options');
    assert.equal((await place.verify()).code, 5);
    assert.equal((await place.migrate()).code, 4);
    assert.equal((await place.migrate('--client-name', '=main')).code, 0);
    assert.equal((await place.verify()).code, 0);
    await place.rows('ALTER TABLE pga2timetable.job DROP COLUMN options');
    const script = await place.migrate('--client-name', '=main', '--format', 'sql');
    assert.match(
      script.stdout,
      /ALTER TABLE pga2timetable\.job ADD COLUMN IF NOT EXISTS options jsonb, ADD COLUMN IF NOT EXISTS stop jsonb;/,
    );
    assert.equal((await place.undo()).code, 0);
  });

  test('roles and an accepted clock count again; for a new job the clock has to be accepted anew', async () => {
    const place = await both();
    await place.rows(
      `CREATE ROLE scheduler_${place.name} SUPERUSER LOGIN; ALTER ROLE scheduler_${place.name} SET TimeZone = 'Asia/Tokyo'`,
    );
    await place.insert({ name: 'any' });
    const options = ['--target-role', `scheduler_${place.name}`, '--accept-time-zone'];
    assert.equal((await place.migrate(...options)).code, 0);
    const verified = await place.verify();
    assert.equal(verified.code, 0, verified.stdout);
    assert.match(
      verified.stderr,
      /--target-role scheduler_options_\d+ \(1 job\),\s+--accept-time-zone \(1 job\)/,
    );
    assert.equal((await place.migrate()).code, 0);
    await place.insert({ name: 'new' });
    const second = await place.migrate();
    assert.equal(second.code, 3);
    assert.match(second.stderr, /Asia\/Tokyo/);
  });
});
