import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type JobPlan, planSchema } from '../../src/model/plan.ts';
import { pga2timetable } from '../cli/run.ts';
import { findEngine } from '../engine/engine.ts';
import { insertJob, type JobRow } from '../pgagent/insert-job.ts';
import { createPgAgent, runByAgent, startAgent } from '../pgagent/real.ts';
import { type Distribution, type Server, startServer } from '../servers/postgres.ts';

const engine = findEngine();
const write = (what: string): string => `INSERT INTO seen (what) VALUES ('${what}')`;

// What single steps do is compared in test/differential; here it is who runs a job, and how often.
for (const distribution of ['debian-15', 'embedded'] as const satisfies readonly Distribution[]) {
  describe(`${distribution}, pg_timetable ${engine.name}`, () => {
    let server: Server;
    const folder = mkdtempSync(join(tmpdir(), 'pga2tt-e2e-'));
    chmodSync(folder, 0o777);
    const file = join(folder, 'written by a step');
    const jobs: readonly JobRow[] = [
      {
        name: 'of every kind',
        steps: [
          { name: '2 - script', kind: 'b', code: `echo "it's done" >> '${file}'` },
          { name: '1 - first', code: `${write('first')}; ${write('and in one go')}` },
          { name: '3 - fails, and is ignored', code: 'SELECT 1 / 0', onError: 'i' },
          { name: '4 - disabled', code: write('never'), enabled: false },
          { name: '5 - elsewhere', code: 'CREATE TABLE reached AS SELECT 1', database: 'archive' },
          { name: '6 - commits', code: `BEGIN; ${write('committed')}; COMMIT; ${write('and after')}` },
        ],
      },
      { name: 'of another host', host: 'another-host', steps: [{ name: '1', code: write('elsewhere') }] },
      { name: 'of any host', steps: [{ name: '1', code: write('anywhere') }] },
    ];
    const jobIds = new Map<string, number>();

    before(async () => {
      server = await startServer(distribution);
      await server.createDatabase('app');
      await server.createDatabase('archive');
      await createPgAgent(server, 'app');
      await engine.init(server, 'app');
      await server.run('app', 'CREATE TABLE seen (n int GENERATED ALWAYS AS IDENTITY, what text)');
      for (const job of jobs) jobIds.set(job.name, await insertJob(server, 'app', job));
    });
    after(() => {
      server.stop();
      rmSync(folder, { recursive: true });
    });

    /** The command that a user runs. */
    const migrate = (...options: string[]) =>
      pga2timetable([
        ...['-s', server.conninfo('app'), '--format', 'json', ...options],
        ...['--step-conninfo', `host=${server.socketDirectory} port=${server.port} user=postgres`],
      ]);
    const migrated = async (...options: string[]): Promise<readonly JobPlan[]> => {
      const { code, stdout, stderr } = await migrate(...options);
      assert.equal(code, 0, stderr);
      return planSchema.parse(JSON.parse(stdout)).jobs;
    };
    const advisoriesOf = (plans: readonly JobPlan[], name: string): readonly string[] =>
      plans.find(({ jobName }) => jobName === name)?.advisories.map(({ code }) => code) ?? [];
    const seen = async (): Promise<readonly string[]> =>
      (await server.run('app', 'SELECT what FROM seen ORDER BY n')).rows.map(({ what }) => what);
    const forget = async (): Promise<void> => {
      await server.run('app', 'TRUNCATE seen');
      await server.run('archive', 'DROP TABLE IF EXISTS reached');
      rmSync(file, { force: true });
    };
    // Clients tick at the seconds at which they were started; at the very same one max_instances would stop the second.
    const tickInTurn = async (...names: readonly string[]): Promise<readonly string[]> => {
      const ran: string[] = [];
      for (const name of names) ran.push(...(await engine.tickOnce(server, 'app', [name])));
      return ran.sort();
    };
    /** What a run of the first job leaves behind, once. */
    const assertOfEveryKind = async (): Promise<void> => {
      assert.deepEqual(await seen(), ['first', 'and in one go', 'committed', 'and after']);
      assert.equal(readFileSync(file, 'utf8'), "it's done\n");
      assert.equal((await server.run('archive', 'SELECT 1 FROM reached')).rowCount, 1);
      await forget();
    };

    test('while the real pgAgent is connected, live chains are refused', async () => {
      const agent = await startAgent(server, 'app');
      const refused = await migrate();
      assert.equal(refused.code, 3, refused.stderr);
      assert.match(refused.stderr, /A pgAgent is connected to the source/);
      assert.equal((await server.run('app', 'SELECT 1 FROM timetable.chain')).rowCount, 0);
      await migrated('--dry-run', '--paused');
      assert.equal(await runByAgent(server, 'app', jobIds.get('of every kind') ?? 0), 's');
      await agent.stop();
      await migrated('--dry-run');
    });

    test('the real pgAgent does what the job says', assertOfEveryKind);

    test('without --client-name a job of any host runs on each of two clients in one minute, and the plan says so', async () => {
      const clients = await Promise.all(['main', 'spare'].map((name) => engine.connect(server, 'app', name)));
      const warned = await migrated('--dry-run');
      for (const client of clients) await client.stop();
      assert.ok(advisoriesOf(warned, 'of any host').includes('any-host-several-clients'));
      const plans = await migrated();
      assert.ok(advisoriesOf(plans, 'of any host').includes('any-host'));
      await server.run('app', "UPDATE timetable.chain SET live = chain_name NOT LIKE 'of every kind%'");
      assert.deepEqual(await tickInTurn('main', 'spare'), [
        'of any host @ schedule 1 on main',
        'of any host @ schedule 1 on spare',
      ]);
      assert.deepEqual(await seen(), ['anywhere', 'anywhere']);
    });

    test('with --client-name it runs once, and a job of a host on that client alone', async () => {
      await forget();
      const names = ['--client-name', '=main', '--client-name', 'another-host=spare'];
      const plans = await migrated(...names, '--on-conflict', 'replace', '--force');
      assert.deepEqual(
        plans.map(({ chains }) => chains[0]?.clientName),
        ['main', 'spare', 'main'],
      );
      for (const { advisories } of plans)
        assert.ok(advisories.every(({ code }) => !code.startsWith('any-host')));
      assert.deepEqual(await tickInTurn('spare', 'main'), [
        'of another host @ schedule 1 on spare',
        'of any host @ schedule 1 on main',
        'of every kind @ schedule 1 on main',
      ]);
      assert.deepEqual([...(await seen())].sort(), [
        'and after',
        'and in one go',
        'anywhere',
        'committed',
        'elsewhere',
        'first',
      ]);
      await forget();
    });

    test('a chain bound to another client does not run, even when it is told to', async () => {
      const { rows } = await server.run(
        'app',
        "SELECT chain_id::text AS id FROM timetable.chain WHERE client_name = 'spare'",
      );
      const [{ id }] = rows;
      const ends = await engine.runChains(server, 'app', [id], 'main');
      assert.equal(ends.get(id), 'not-run');
      assert.deepEqual(await seen(), []);
    });

    test('the chain of a job does what the job did', async () => {
      const { rows } = await server.run(
        'app',
        "SELECT chain_id::text AS id FROM timetable.chain WHERE chain_name LIKE 'of every kind%'",
      );
      const [{ id }] = rows;
      assert.equal((await engine.runChains(server, 'app', [id], 'main')).get(id), 'succeeded');
      await assertOfEveryKind();
    });
  });
}
