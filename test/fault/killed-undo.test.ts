import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { undoSchema } from '../../src/model/undo-result.ts';
import { createTimetable } from '../engine/schema.ts';
import { insertJob } from '../pgagent/insert-job.ts';
import { createPgAgent } from '../pgagent/real.ts';
import { FaultLine, type When } from '../servers/fault-proxy.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { runHere, WaitingProcesses } from './run-tool.ts';

const MINUTE = 60_000;
const minuteOf = (at: number): number => Math.floor(at / MINUTE) * MINUTE;

describe('an undo of two databases that was killed, and is finished later', () => {
  let server: Server;
  const processes = new WaitingProcesses();
  const line = new FaultLine();
  before(async () => {
    server = await startServer('embedded');
  });
  after(() => {
    processes.close();
    line.close();
    server.stop();
  });

  const KILLS: readonly { readonly name: string; readonly nth: number; readonly when: When }[] = [
    { name: 'behind the commit that stops the chains', nth: 1, when: 'after' },
    { name: 'before the commit that enables the jobs', nth: 2, when: 'before' },
    { name: 'behind the commit that enables the jobs', nth: 2, when: 'after' },
  ];
  for (const [index, { name, nth, when }] of KILLS.entries()) {
    test(`names the minutes since the chains stopped, if it was killed ${name}`, async () => {
      const [source, target] = [`jobs_${index}`, `chains_${index}`];
      for (const database of [source, target]) await server.createDatabase(database);
      await createPgAgent(server, source);
      await createTimetable(server, target);
      const jobId = await insertJob(server, source, {
        name: 'each minute',
        schedules: [{ minutes: Array.from({ length: 60 }, (_, minute) => minute) }],
        steps: [{ name: '1', code: 'SELECT 1' }],
      });
      const ends = (port: number): readonly string[] => {
        const uri = (database: string): string =>
          `postgresql://postgres@127.0.0.1:${port}/${database}?sslmode=disable`;
        return ['-s', uri(source), '-t', uri(target)];
      };
      const direct = ends(server.port);
      const elsewhere = ['--step-conninfo', 'host=db1 user=etl'];
      const moved = await runHere(['--disable-source', '--without-client', ...elsewhere, ...direct]);
      assert.equal(moved.code, 0, moved.stderr);
      // A record of version 0.1.0 has no place for it yet.
      await server.run(target, 'ALTER TABLE pga2timetable.job DROP COLUMN stop');

      const port = await line.to(server);
      await processes.run(['undo', ...ends(port)], (child) => {
        let seen = 0;
        line.arm({
          isHit: ({ text }) => /\bCOMMIT$/.test(text) && ++seen === nth,
          when,
          strike: async (hit) => {
            child.kill('SIGKILL');
            hit.cut();
          },
        });
      });
      line.arm(null);

      // What was, was five minutes earlier.
      await server.run(
        target,
        `UPDATE pga2timetable.job SET stop = stop || (
           SELECT jsonb_object_agg(key, value::text::int8 - ${5 * MINUTE}) FROM jsonb_each(stop) WHERE key <> 'missedUpTo')`,
      );
      const { rows } = await server.run(
        target,
        'SELECT (extract(epoch FROM disabled_at) * 1000)::float8 AS at FROM pga2timetable.job',
      );
      const finished = await runHere(['undo', '--format', 'json', ...direct]);
      assert.equal(finished.code, 0, finished.stderr);
      const { jobs, missed } = undoSchema.parse(JSON.parse(finished.stdout));
      assert.equal(jobs[0]?.job, nth === 2 && when === 'after' ? 'as-it-is' : 'enabled');

      const next = await server.run(
        source,
        'SELECT (extract(epoch FROM jobnextrun) * 1000)::float8 AS at FROM pgagent.pga_job',
      );
      // No client was ever there, so nobody has run the job since the minute in which it was disabled.
      const expected = [];
      for (let minute = minuteOf(rows[0].at) - 4 * MINUTE; minute < next.rows[0].at; minute += MINUTE)
        expected.push([minute, true]);
      assert.ok(expected.length >= 4);
      assert.deepEqual(
        missed.map(({ minute, isCertain }) => [Date.parse(minute), isCertain]),
        expected,
      );
      assert.ok(missed.every(({ jobIds }) => jobIds.join() === String(jobId)));
    });
  }
});
