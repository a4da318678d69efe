import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { planSchema } from '../../src/plan.ts';
import { pga2timetable } from '../cli/run.ts';
import { type ChainEnd, findEngine } from '../engine/engine.ts';
import { insertJob, type JobRow } from '../pgagent/insert-job.ts';
import { createPgAgent, runByAgent, startAgent } from '../pgagent/real.ts';
import { type Distribution, type Server, startServer } from '../servers/postgres.ts';

const engine = findEngine();

/** What one job left behind under one scheduler. */
interface Effects {
  readonly rows: readonly string[];
  readonly file: string | null;
}

interface Logged {
  readonly task: string;
  readonly code: number;
  readonly output: string | null;
}

for (const distribution of ['debian-15', 'embedded'] as const satisfies readonly Distribution[]) {
  describe(`${distribution}, pg_timetable ${engine.name}`, () => {
    let server: Server;
    const folder = mkdtempSync(join(tmpdir(), 'pga2tt-e2e-'));
    chmodSync(folder, 0o777);
    const file = join(folder, 'written by a step');
    const write = (what: string): string => `INSERT INTO seen (what) VALUES ('${what}')`;
    // The user that reads is not the superuser, and the text has what a shell would take apart.
    const psql = (sql: string): string =>
      `psql -X -q -v ON_ERROR_STOP=1 "host=${server.socketDirectory} port=${server.port} user=postgres dbname=app" -c "${sql}"`;

    let plan: ReturnType<typeof planSchema.parse>;
    let ends: ReadonlyMap<string, ChainEnd>;
    const jobIds = new Map<string, number>();
    const jobs = (): readonly JobRow[] => [
      {
        name: 'in order',
        steps: [
          { name: '2 - second', code: write('second') },
          { name: '1 - first', code: `${write('first')}; ${write('and in one go')}` },
          {
            name: '3 - script',
            kind: 'b',
            code: `set -e\r\nfor word in a "b c"; do\r\n  printf '%s\\n' "$word" >> '${file}'\r\ndone\r\necho "it's done"\r\n`,
          },
          { name: '4 - fails, and is ignored', code: 'SELECT 1 / 0', onError: 'i' },
          { name: '5 - script fails, and counts as success', kind: 'b', code: 'exit 3', onError: 's' },
          { name: '6 - disabled', code: write('never'), enabled: false },
          {
            name: '7 - elsewhere',
            code: 'CREATE TABLE reached AS SELECT current_database()::text AS name',
            database: 'archive',
          },
          { name: '8 - last', code: write('last') },
        ],
      },
      {
        name: 'stops',
        steps: [
          { name: '1', code: write('before') },
          { name: '2', code: `${write('rolled back with its own step')}; SELECT 1 / 0` },
          { name: '3', code: write('never') },
        ],
      },
      {
        name: 'script stops',
        steps: [
          { name: '1', kind: 'b', code: '#!/bin/bash -e\nfalse\ntrue' },
          { name: '2', code: write('never') },
        ],
      },
      {
        name: 'commits',
        steps: [
          { name: '1', code: `BEGIN; ${write('committed')}; COMMIT; ${write('and after')}` },
          { name: '2', code: 'CALL in_pieces()' },
        ],
      },
      {
        name: 'deletes and vacuums',
        steps: [
          { name: '1', code: 'DELETE FROM big' },
          { name: '2', code: 'VACUUM big' },
        ],
      },
      {
        name: 'indexes',
        steps: [
          { name: '1', code: 'CREATE INDEX CONCURRENTLY by_a ON wide (a)' },
          { name: '2', code: 'REINDEX TABLE CONCURRENTLY wide' },
        ],
      },
      {
        name: 'indexes from a script',
        steps: [{ name: '1', kind: 'b', code: psql('CREATE INDEX CONCURRENTLY by_script ON wide (a)') }],
      },
      // pgAgent itself cannot connect to such a name (advisory never-ran).
      {
        name: 'odd database',
        steps: [{ name: '1', code: 'CREATE TABLE arrived AS SELECT 1', database: "odd db's" }],
      },
      {
        name: 'elsewhere',
        host: 'another-host',
        steps: [{ name: '1', code: write('never: another client') }],
      },
    ];

    /** The chains of a job, as written. */
    const chainOf = (name: string): { id: string; end: ChainEnd | undefined } => {
      const id = String(plan.jobs.find(({ jobName }) => jobName === name)?.chains[0]?.chainId);
      return { id, end: ends.get(id) };
    };
    const logOf = async (name: string): Promise<readonly Logged[]> => {
      const { rows } = await server.run(
        'app',
        `SELECT task_name AS task, returncode AS code, output FROM timetable.execution_log l JOIN timetable.task USING (task_id)
          WHERE l.chain_id = ${chainOf(name).id} ORDER BY task_order`,
      );
      return rows;
    };
    const effects = async (): Promise<Effects> => ({
      rows: (await server.run('app', 'SELECT what FROM seen ORDER BY n')).rows.map(({ what }) => what),
      file: existsSync(file) ? readFileSync(file, 'utf8') : null,
    });
    const forget = async (): Promise<void> => {
      await server.run('app', 'TRUNCATE seen');
      await server.run('archive', 'DROP TABLE IF EXISTS reached');
      rmSync(file, { force: true });
    };

    before(async () => {
      server = await startServer(distribution);
      await server.createDatabase('app');
      await server.createDatabase('archive');
      await server.createDatabase("odd db's");
      await createPgAgent(server, 'app');
      await engine.init(server, 'app');
      await server.run(
        'app',
        `CREATE TABLE seen (n int GENERATED ALWAYS AS IDENTITY, what text);
         CREATE TABLE big AS SELECT generate_series(1, 10000) AS a;
         CREATE TABLE wide AS SELECT generate_series(1, 1000) AS a;
         CREATE PROCEDURE in_pieces() LANGUAGE plpgsql AS
           'BEGIN INSERT INTO seen (what) VALUES (''piece''); COMMIT; INSERT INTO seen (what) VALUES (''rest''); END'`,
      );
      for (const job of jobs()) jobIds.set(job.name, await insertJob(server, 'app', job));
    });
    after(() => {
      server.stop();
      rmSync(folder, { recursive: true });
    });

    const args = (): string[] => [
      ...['-s', server.conninfo('app'), '--client-name', '=main'],
      ...[
        '--step-conninfo',
        `host=${server.socketDirectory} port=${server.port} user=postgres`,
        '--format',
        'json',
      ],
    ];

    test('while the real pgAgent is connected, live chains are refused', async () => {
      const agent = await startAgent(server, 'app');
      const refused = await pga2timetable(args());
      assert.equal(refused.code, 3, refused.stderr);
      assert.match(refused.stderr, /A pgAgent is connected to the source/);
      assert.equal((await server.run('app', 'SELECT 1 FROM timetable.chain')).rowCount, 0);
      assert.equal((await pga2timetable([...args(), '--dry-run', '--paused'])).code, 0);
      await agent.stop();
      assert.equal(
        (await pga2timetable([...args(), '--dry-run'])).code,
        0,
        'and no longer once it has stopped',
      );
    });

    const underAgent = new Map<string, Effects>();
    test('the real pgAgent runs the jobs', async () => {
      const agent = await startAgent(server, 'app');
      for (const name of ['in order', 'stops', 'script stops', 'commits']) {
        await forget();
        const status = await runByAgent(server, 'app', jobIds.get(name) ?? 0);
        assert.equal(status, name.includes('stops') ? 'f' : 's', name);
        underAgent.set(name, await effects());
      }
      await agent.stop();
      await forget();
    });

    test('the chains are written by the command that a user runs', async () => {
      const { code, stdout, stderr } = await pga2timetable(args());
      assert.equal(code, 0, stderr);
      plan = planSchema.parse(JSON.parse(stdout));
      assert.equal(plan.summary.chains, 9);
    });

    test('pg_timetable runs every chain', async () => {
      const ids = plan.jobs.flatMap(({ chains }) => chains.map(({ chainId }) => String(chainId)));
      const found = new Map<string, ChainEnd>();
      for (const job of plan.jobs) {
        await forget();
        for (const { chainId } of job.chains) {
          for (const [id, end] of await engine.runChains(server, 'app', [String(chainId)], 'main', {
            hangSeconds: 20,
          }))
            found.set(id, end);
        }
        const expected = underAgent.get(job.jobName);
        if (job.jobName === 'in order') {
          assert.deepEqual((await server.run('archive', 'SELECT name FROM reached')).rows, [
            { name: 'archive' },
          ]);
        }
        if (job.jobName === 'odd database') {
          assert.equal((await server.run("odd db's", 'SELECT 1 FROM arrived')).rowCount, 1);
        }
        if (expected)
          assert.deepEqual(await effects(), expected, `${job.jobName}: the same effects as under pgAgent`);
        if (job.jobName === 'in order') {
          assert.deepEqual(await effects(), {
            rows: ['first', 'and in one go', 'second', 'last'],
            file: 'a\nb c\n',
          });
        }
        if (job.jobName === 'stops') assert.deepEqual((await effects()).rows, ['before']);
        if (job.jobName === 'script stops') assert.deepEqual((await effects()).rows, []);
        if (job.jobName === 'commits')
          assert.deepEqual((await effects()).rows, ['committed', 'and after', 'piece', 'rest']);
        if (job.jobName === 'elsewhere') assert.deepEqual((await effects()).rows, []);
      }
      assert.equal(found.size, ids.length);
      ends = found;
    });

    test('steps run in pgAgent’s order, and the log holds each with its return code', async () => {
      assert.equal(chainOf('in order').end, 'succeeded');
      const log = await logOf('in order');
      assert.deepEqual(
        log.map(({ task, code }) => [task, code]),
        [
          ['release snapshot', 0],
          ['1 - first', 0],
          ['2 - second', 0],
          ['3 - script', 0],
          ['4 - fails, and is ignored', -1],
          ['5 - script fails, and counts as success', -1],
          ['7 - elsewhere', 0],
          ['8 - last', 0],
        ],
      );
      assert.equal(log.find(({ task }) => task === '3 - script')?.output, "it's done");
    });

    test('a failing step stops its chain: the work before it stays, the steps behind it do not run', async () => {
      assert.equal(chainOf('stops').end, 'failed');
      assert.deepEqual(
        (await logOf('stops')).map(({ task, code }) => [task, code]),
        [
          ['release snapshot', 0],
          ['1', 0],
          ['2', -1],
        ],
      );
    });

    test('a failing script stops its chain', async () => {
      assert.equal(chainOf('script stops').end, 'failed');
      assert.deepEqual(
        (await logOf('script stops')).map(({ task, code }) => [task, code]),
        [
          ['release snapshot', 0],
          ['1', -1],
        ],
      );
    });

    test('BEGIN, COMMIT and a procedure that commits work', () => {
      assert.equal(chainOf('commits').end, 'succeeded');
    });

    test('a job that deletes and then vacuums leaves the table empty on disk', async () => {
      assert.equal(chainOf('deletes and vacuums').end, 'succeeded');
      assert.deepEqual((await server.run('app', "SELECT pg_relation_size('big')::int AS bytes")).rows, [
        { bytes: 0 },
      ]);
    });

    test('jobs that build an index concurrently end, in SQL and from a script', async () => {
      assert.equal(chainOf('indexes').end, 'succeeded');
      assert.equal(chainOf('indexes from a script').end, 'succeeded');
      const { rows } = await server.run(
        'app',
        `SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indrelid = 'wide'::regclass AND indisvalid ORDER BY 1`,
      );
      assert.deepEqual(rows, [{ name: 'by_a' }, { name: 'by_script' }]);
    });

    test('a chain bound to another client does not run', async () => {
      assert.equal(chainOf('elsewhere').end, 'not-run');
      assert.deepEqual(await logOf('elsewhere'), []);
    });

    test('by schedule, a chain runs on its own client and on no other', async () => {
      await server.run(
        'app',
        `UPDATE timetable.chain SET live = chain_name LIKE 'commits @%' OR chain_name LIKE 'elsewhere @%'`,
      );
      assert.deepEqual(await engine.tickOnce(server, 'app', ['main', 'spare']), [
        'commits @ schedule 1 on main',
      ]);
    });
  });
}
