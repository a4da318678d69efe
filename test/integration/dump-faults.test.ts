import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../src/model/failure.ts';
import type { Job } from '../../src/model/job.ts';
import { planSchema } from '../../src/model/plan.ts';
import type { Dump } from '../../src/pgagent/dump/dump.ts';
import { readDump } from '../../src/pgagent/dump/read-dump.ts';
import { pga2timetable } from '../cli/run.ts';
import { readLive } from '../pgagent/dump/live.ts';
import { cannotDump, newPath, pgDump } from '../pgagent/dump/pg-dump.ts';
import { createStandInPgAgent } from '../pgagent/insert-job.ts';
import { runs } from '../property-runs.ts';
import { type Server, startServer } from '../servers/postgres.ts';

const read = (path: string): Promise<Dump> => readDump(path, { historyDays: 90 });

let server: Server;
let live: readonly Job[];

describe('a dump that lacks something', { skip: cannotDump }, () => {
  before(async () => {
    server = await startServer('debian-15');
    await server.createDatabase('script');
    await createStandInPgAgent(server, 'script');
    await server.run('script', readFileSync('fixtures/jobs/sample.sql', 'utf8'));
    live = await readLive(server, 'script');
  });
  after(() => server.stop());

  for (const [what, form, message] of [
    ['the schema alone', ['--schema-only'], 'The dump has the schema pgagent without its rows.'],
    [
      'no rows of pgAgent',
      ['--exclude-table-data=pgagent.*'],
      'The dump has the schema pgagent without its rows.',
    ],
    ['nothing of pgAgent', ['--exclude-schema=pgagent'], 'The dump has no schema pgagent.'],
    [
      'one table',
      ['--table=pgagent.pga_job'],
      'The dump has no rows of pgagent.pga_jobstep, pgagent.pga_schedule, pgagent.pga_exception, which jobs are made of.',
    ],
  ] as const)
    test(`of ${what}: a clear error`, async () => {
      await assert.rejects(read(pgDump(server, 'script', form)), { message, code: 'failed' });
    });

  test('without the rows of the log: from-dump says what cannot be seen', async () => {
    const messageOf = async (form: readonly string[]): Promise<string> => {
      const path = pgDump(server, 'script', form);
      const { stdout } = await pga2timetable(['--dump', path, '--dry-run', '--format', 'json']);
      const { advisories } = planSchema.parse(JSON.parse(stdout));
      return advisories.find(({ code }) => code === 'from-dump')?.message ?? '';
    };
    assert.match(
      await messageOf(['--exclude-table-data=pgagent.pga_joblog']),
      /This dump has no rows of pga_joblog: /,
    );
    assert.doesNotMatch(await messageOf([]), /pga_joblog/);
  });

  test('a plain dump that is cut anywhere is an error', async () => {
    const path = newPath();
    for (const form of [[], ['--inserts']]) {
      const text = readFileSync(pgDump(server, 'script', form));
      const last = text.lastIndexOf('dump complete') + 'dump complete'.length - 1;
      await fc.assert(
        fc.asyncProperty(fc.nat(last), async (length) => {
          writeFileSync(path, text.subarray(0, length));
          await assert.rejects(read(path), Failure);
        }),
        runs(60),
      );
    }
  });

  test('an archive that is cut is an error, or lacks nothing of pgAgent', async () => {
    for (const form of ['custom', 'tar']) {
      const path = newPath();
      const bytes = readFileSync(pgDump(server, 'script', [`--format=${form}`]));
      let errors = 0;
      await fc.assert(
        fc.asyncProperty(fc.nat(bytes.length - 1), async (length) => {
          writeFileSync(path, bytes.subarray(0, length));
          const dump = await read(path).catch((error: unknown) => error);
          if (dump instanceof Error) errors += 1;
          if (dump instanceof Error) assert.ok(dump instanceof Failure, String(dump.stack));
          else assert.deepEqual((dump as Dump).jobs, live);
        }),
        runs(40),
      );
      assert.ok(errors > 0);
    }
    const folder = pgDump(server, 'script', ['--format=directory']);
    rmSync(`${folder}/toc.dat`);
    await assert.rejects(read(folder), /^Failure: pg_restore cannot read the dump: /);
  });

  test('without pg_restore on the PATH an archive is a clear error', async () => {
    const path = pgDump(server, 'script', ['--format=custom']);
    const { PATH } = process.env;
    process.env.PATH = '/nowhere';
    try {
      await assert.rejects(read(path), {
        message: 'The dump is an archive of pg_dump, and there is no pg_restore on the PATH.',
      });
    } finally {
      process.env.PATH = PATH;
    }
  });

  test('rows that the checks of an old schema let through: the failure of the live reader, with the line', async () => {
    await server.createDatabase('old', 'TEMPLATE script');
    await server.run(
      'old',
      `ALTER TABLE pgagent.pga_schedule DROP CONSTRAINT pga_schedule_jschours_size;
       UPDATE pgagent.pga_schedule SET jschours = '{t,f}' WHERE jscjobid = 4`,
    );
    const { jobs, malformed } = await read(pgDump(server, 'old'));
    const failure = malformed.get(4) ?? assert.fail();
    assert.equal(malformed.size, 1);
    await assert.rejects(readLive(server, 'old'), { message: failure.message, remedy: failure.remedy });
    assert.match(failure.details.join(), /^It is line \d+ of the dump\.$/);
    const others = (all: readonly Job[]): readonly Job[] => all.filter(({ id }) => id !== 4);
    assert.deepEqual(others(jobs), others(live));
  });
});
