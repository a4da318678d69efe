import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { pga2timetable } from '../cli/run.ts';
import { createTimetable, type TimetableVersion } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { HOSTILE, HOSTILE_NAME } from '../planted/hostile.ts';
import { type Distribution, debian15, type Server, startServer } from '../servers/postgres.ts';
import { bothWays, NO_PSQL, psql, scriptOf, written } from './script-run.ts';

const SAMPLE = readFileSync(new URL('../../fixtures/jobs/sample.sql', import.meta.url), 'utf8');

const servers = new Map<Distribution, Server>();
before(async () => {
  if (NO_PSQL !== false) return;
  const distributions: Distribution[] = ['embedded-12', 'debian-15', 'embedded'];
  await Promise.all(
    distributions
      .filter((one) => one !== 'debian-15' || debian15() !== null)
      .map(async (one) => servers.set(one, await startServer(one))),
  );
});
after(() => {
  for (const server of servers.values()) server.stop();
});

function serverOf(distribution: Distribution): Server {
  const server = servers.get(distribution);
  assert.ok(server, distribution);
  return server;
}

let databases = 0;
async function bothSchemas(server: Server, version: TimetableVersion, options = ''): Promise<string> {
  const name = `script_${++databases}`;
  await server.createDatabase(name, options);
  await createStandInPgAgent(server, name);
  await createTimetable(server, name, version);
  return name;
}

const elsewhere = ['--step-conninfo', "host=db.example port=5433 user='o\\'brien \\\\x'"];

/** Jobs of every kind that a script writes otherwise than it writes plain words. */
async function insertHardJobs(server: Server, database: string): Promise<void> {
  await server.run(database, SAMPLE);
  await insertJob(server, database, {
    name: HOSTILE_NAME,
    description: HOSTILE,
    schedules: [
      { name: HOSTILE_NAME, minutes: [5] },
      { name: "$check$ '' \\", hours: [3] },
    ],
    steps: [
      { name: `1 ${HOSTILE_NAME}`, code: `SELECT $x$${HOSTILE}$x$`, description: HOSTILE },
      { name: '2', code: HOSTILE, onError: 'i' },
      { name: '3', kind: 'b', code: `#!/usr/bin/env bash\n${HOSTILE}` },
      { name: '4', kind: 'b', code: 'echo a\r\necho "b"\r\n' },
      { name: '5', code: 'SELECT $code$', enabled: false },
      { name: '6', code: 'SELECT 1', database: 'an "other\' database' },
      { name: '7', code: 'SELECT 1;', conninfo: "host=db1 dbname=x application_name='it\\'s'" },
    ],
  });
  await insertJob(server, database, {
    name: 'Line\nbreak\ttab',
    steps: [{ name: 'a\nb', code: '  SELECT 1\n' }],
    schedules: [
      { name: 's\r\n--\\q', minutes: [0], exceptions: [{ date: '2031-01-01' }, { time: '10:00' }] },
    ],
  });
  await insertJob(server, database, {
    name: 'long batch',
    steps: [{ name: 'a', kind: 'b', code: `echo start\n${"# it's $code$ filler\n".repeat(9_000)}echo end` }],
  });
  await insertJob(server, database, {
    name: 'left out',
    steps: [{ name: 'a', code: 'DELETE FROM pgagent.pga_job' }],
  });
}

const PLACES: readonly (readonly [Distribution, TimetableVersion])[] = [
  ['embedded-12', '7.0.0'],
  ['embedded-12', '5.0.0'],
  ['debian-15', '7.0.0'],
  ['embedded', '6.3.0'],
];

// Most of the time goes into starting the program.
describe('a script for psql', { skip: NO_PSQL, concurrency: 2 }, () => {
  for (const [distribution, version] of PLACES) {
    test(`writes on ${distribution} what migrate writes, into the schema of ${version}; and the commands behind it find that`, async () => {
      const server = serverOf(distribution);
      const database = await bothSchemas(server, version);
      await insertHardJobs(server, database);
      const options = ['--client-name', '=w 1', '--partial', ...elsewhere];
      const run = (command: string, ...args: string[]) =>
        pga2timetable([command, '-s', server.uri(database), ...args]);
      const [byMigrate, byScript] = await bothWays(
        server,
        database,
        async () => assert.equal((await run('migrate', ...options)).code, 6),
        async () => {
          const done = await psql(server, database, await scriptOf(server, database, ...options));
          assert.equal(done.stderr, '');
          assert.equal(done.code, 0);
          assert.match(done.stdout, /^7 jobs written: 12 chains, \d+ tasks\.\n$/);
        },
      );
      assert.ok(byScript.chains?.length === 12 && (byScript.parameters?.length ?? 0) > 4);
      for (const [name, rows] of Object.entries(byMigrate)) assert.deepEqual(byScript[name], rows, name);

      const again = await run('migrate', ...options);
      assert.match(again.stdout, / 7 jobs there already, as planned\. Nothing was written\.\n$/);
      const verified = await run('verify', '--client-name', '=w 1', '--exclude-job', 'left out');
      assert.equal(verified.code, 0, verified.stdout);
      assert.equal((await run('undo')).code, 0);
      const left = await written(server, database);
      assert.deepEqual([left.chains, left.tasks, left.parameters, left.schema], [[], [], [], []]);
    });
  }

  test('writes into a database of another encoding what migrate writes there', async () => {
    const server = serverOf('embedded-12');
    const database = await bothSchemas(
      server,
      '7.0.0',
      "TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'",
    );
    // A soft hyphen and a control character of LATIN1's own: PostgreSQL 12 has no escape for them there.
    const text = 'caf\u00e9 \u00ad \u0085 \\ end';
    await insertJob(server, database, {
      name: text,
      description: text,
      steps: [{ name: text, code: `SELECT '${text}'` }],
    });
    const [byMigrate, byScript] = await bothWays(
      server,
      database,
      () => pga2timetable(['-s', server.uri(database)]),
      async () => psql(server, database, await scriptOf(server, database)),
    );
    assert.deepEqual(byScript, byMigrate);
    assert.equal(byScript.chains?.length, 1);
  });

  test('is the same text each time, but for the line with the clock', async () => {
    const server = serverOf('embedded');
    const database = await bothSchemas(server, '7.0.0');
    await insertHardJobs(server, database);
    const make = async () => (await scriptOf(server, database, ...elsewhere)).split('\n');
    const [first, second] = [await make(), await make()];
    const different = first.filter((line, index) => line !== second[index]);
    assert.equal(first.length, second.length);
    assert.match(
      different.join('\n'),
      /^SELECT set_config\('pga2timetable\.planned_at', '[^']+', true\) AS planned_at/,
    );
    assert.equal(different.length, 1);
  });

  test('a cutover behind it ends as one behind migrate', async () => {
    const server = serverOf('embedded');
    const database = await bothSchemas(server, '7.0.0');
    await server.run(database, SAMPLE);
    const run = (...args: string[]) =>
      pga2timetable(['migrate', '-s', server.uri(database), ...args, ...elsewhere]);
    const cutOver = async () => assert.equal((await run('--disable-source', '--without-client')).code, 0);
    const disabledJobs = async () =>
      (
        await server.run(
          database,
          `SELECT job_id, was_next_run IS NOT NULL AS next, disabled_at IS NOT NULL AS disabled, jobenabled AS enabled
             FROM pga2timetable.job JOIN pgagent.pga_job ON jobid = job_id ORDER BY 1`,
        )
      ).rows;
    await server.run(database, "UPDATE pgagent.pga_job SET jobnextrun = '2099-01-01' WHERE jobenabled");
    const ends: unknown[] = [];
    const [byMigrate, byScript] = await bothWays(
      server,
      database,
      async () => {
        assert.equal((await run('--paused')).code, 0);
        await cutOver();
        ends.push(await disabledJobs());
      },
      async () => {
        const done = await psql(server, database, await scriptOf(server, database, '--paused', ...elsewhere));
        assert.equal(done.code, 0, done.stderr);
        await cutOver();
        ends.push(await disabledJobs());
      },
    );
    assert.deepEqual(byScript, byMigrate);
    assert.deepEqual(ends[1], ends[0]);
    assert.deepEqual(
      (ends[1] as { next: boolean }[]).map(({ next }) => next),
      [true, true, true, false],
    );
  });
});
