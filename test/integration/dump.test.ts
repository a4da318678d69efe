import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type PlanDocument, planSchema } from '../../src/model/plan.ts';
import { FORMATS } from '../../src/session/settings.ts';
import { pga2timetable, type Result } from '../cli/run.ts';
import { cannotDump, pgDump } from '../pgagent/dump/pg-dump.ts';
import { freePort, type Server, startServer } from '../servers/postgres.ts';
import { Both } from './both-schemas.ts';
import { onTerminal } from './pseudo-terminal.ts';
import { psql } from './script-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'pga2tt-dump-'));
after(() => rmSync(folder, { recursive: true }));
/** A dump of the jobs. */
let file = '';

const planOf = ({ stdout, stderr }: Result): PlanDocument => {
  assert.notEqual(stdout, '', stderr);
  return planSchema.parse(JSON.parse(stdout));
};
const actionsOf = (result: Result): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(planOf(result).jobs.map(({ jobName, action }) => [jobName, action]));

describe('a dump', { skip: cannotDump }, () => {
  let server: Server;
  let place: Both;
  before(async () => {
    server = await startServer('debian-15');
    place = await Both.create(server, 'app');
    await Both.create(server, 'other');
    await place.insert({ name: 'nightly' });
    await place.insert({
      name: 'twice',
      schedules: [
        { name: 'a', minutes: [0], hours: [3] },
        { name: 'b', minutes: [5], hours: [4] },
      ],
    });
    await place.insert({ name: 'batch', steps: [{ name: 'a', kind: 'b', code: 'echo done' }] });
    await place.insert({ name: 'disabled', enabled: false });
    await place.insert({ name: 'far', steps: [{ name: 'a', code: 'SELECT 1', database: 'archive' }] });
    file = pgDump(server, 'app');
  });
  after(() => server.stop());

  const UTC = ['--source-time-zone', 'UTC'];
  const dump = (...more: readonly string[]): Promise<Result> => pga2timetable(['--dump', file, ...more]);
  const toTarget = (...more: readonly string[]): Promise<Result> =>
    dump('--target', server.uri('app'), ...UTC, ...more);

  describe('without a target', () => {
    /** Where nobody listens, and what cannot even be read: nobody is to look at it. */
    const nobody = async (): Promise<Record<string, string>> => ({
      PGHOST: '127.0.0.1',
      PGPORT: String(await freePort()),
      PGSSLMODE: 'no such mode',
    });

    for (const format of FORMATS)
      test(`--format ${format} needs no database`, async () => {
        const { code, stdout, stderr } = await pga2timetable(
          ['--dump', file, '--dry-run', '--format', format, ...UTC, '--target-database', 'app'],
          await nobody(),
        );
        // The job of another database stays.
        assert.equal(code, 6, stderr);
        assert.match(stdout, /nightly @ nightly/);
        assert.match(stdout, /7\.0\.0 \(assumed\)/);
      });

    test('the plan says what it comes from and what it assumes', async () => {
      const plan = planOf(await dump('--dry-run', '--format', 'json', ...UTC, '--target-database', 'app'));
      const { dump: from, ...source } = plan.source;
      assert.equal(from?.file, file);
      assert.match(from?.newestTime ?? '', /^\d{4}-\d\d-\d\dT/);
      assert.deepEqual(
        [source.host, source.user, source.identity, source.timeZone],
        [null, null, null, 'UTC'],
      );
      assert.match(source.serverVersion ?? '', /^15\./);
      assert.deepEqual(plan.target, {
        ...{ host: null, database: 'app', user: null, serverVersion: null, identity: null },
        ...{ schemaVersion: '7.0.0 (assumed)', timeZone: 'UTC' },
      });
      assert.ok(plan.advisories.some(({ code, severity }) => code === 'from-dump' && severity === 'info'));
    });

    test('the steps of the named database are local, others and those of no named one need --step-conninfo', async () => {
      const moved = async (...more: readonly string[]): Promise<readonly string[]> =>
        planOf(await dump('--dry-run', '--format', 'json', ...UTC, ...more))
          .jobs.filter((job) => job.moved === 'whole')
          .map(({ jobName }) => jobName);
      assert.deepEqual(await moved(), ['batch']);
      assert.deepEqual(await moved('--target-database', 'app'), ['nightly', 'twice', 'batch', 'disabled']);
      assert.deepEqual(await moved('--target-database', 'archive'), ['batch', 'far']);
      const { stderr } = await dump('--dry-run', ...UTC, '--job', 'nightly');
      assert.match(stderr, /If\s+pg_timetable will live in that database: --target-database NAME/);
    });

    test('live chains of the plan are a warning, since a pgAgent may run the jobs', async () => {
      const warns = async (...more: readonly string[]): Promise<boolean> =>
        planOf(
          await dump('--dry-run', '--format', 'json', ...UTC, '--target-database', 'app', ...more),
        ).preflight.some(({ check, status }) => check === 'pgagent-connected' && status === 'warning');
      assert.deepEqual([await warns(), await warns('--paused')], [true, false]);
    });

    test('standard input may hold it', () => {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ['bin/pga2timetable.js', '--dump', '-', '--dry-run', ...UTC, '--job', 'batch'],
        { input: readFileSync(file), encoding: 'utf8' },
      );
      assert.equal(status, 0, stderr);
      assert.match(stdout, /from a dump on standard\s+input/);
      assert.match(stdout, /batch @ nightly/);
    });
  });

  test('that does not come can be waited for no longer', async () => {
    const child = spawn(process.execPath, ['bin/pga2timetable.js', '--dump', '-', '--dry-run'], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const ended = once(child, 'close');
    // More than a pipe holds: once that is gone, it reads.
    const head = '--\n-- PostgreSQL database dump\n--\n';
    await new Promise((done) => child.stdin.write(head + '-- a comment\n'.repeat(100_000), done));
    child.kill('SIGINT');
    const [code] = await ended;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /interrupted\. Nothing was written/);
  });

  test('named in an options file is read, with what else the file says of it', async () => {
    const config = join(folder, 'config.json');
    const options = { dump: file, 'target-database': 'app', 'source-time-zone': 'UTC', collation: 'C' };
    writeFileSync(config, JSON.stringify({ ...options, 'dry-run': true }));
    const { code, stdout, stderr } = await pga2timetable(['--config', config]);
    assert.equal(code, 6, stderr);
    assert.match(stdout, /nightly @ nightly/);
    const verified = await pga2timetable(['verify', '--config', config, '-s', server.uri('app')]);
    assert.equal(verified.code, 5, 'verify has no --dump, so that of the file counts for migrate alone');
  });

  test('is asked about on a terminal before it is written, and read again after the answer', async () => {
    const { code, output } = await onTerminal(
      ['--dump', file, '-t', server.uri('app'), ...UTC, '--paused', '--job', 'nightly'],
      { answers: [['Write 1 chain to "app" on 127.0.0.1:', 'type', 'yes\n']], environment: { CI: '' } },
    );
    assert.equal(code, 0, output);
    assert.equal(await place.value('SELECT count(*)::int FROM timetable.chain WHERE NOT live'), 1);
    await server.run('app', 'DELETE FROM timetable.chain; DROP SCHEMA pga2timetable CASCADE');
  });

  describe('the time zone of pgAgent', () => {
    test('that is not named stops a run, and the plan is shown', async () => {
      const shown = await dump('--dry-run', '--target-database', 'app');
      assert.equal(shown.code, 3);
      assert.match(shown.stdout, /nightly @ nightly/);
      assert.match(shown.stdout, /TimeZone\s+not known/);
      assert.match(shown.stderr, /error time-zone-unknown/);
      assert.match(shown.stderr, /A run would stop here: The dump does not tell the time zone/);
      const stopped = await dump('--target', server.uri('app'), '--paused');
      assert.equal(stopped.code, 3, stopped.stderr);
      assert.equal(await place.value('SELECT count(*)::int FROM timetable.chain'), 0);
    });

    test('of another clock than the target is an error, as with a live pgAgent', async () => {
      const { code, stderr } = await dump(
        ...['--target', server.uri('app'), '--source-time-zone', 'Asia/Kolkata', '--dry-run'],
      );
      assert.equal(code, 3);
      assert.match(stderr, /error time-zone-differs/);
    });

    test('need not be known where the hours of the target are accepted', async () => {
      const { code, stderr } = await dump('--target', server.uri('app'), '--accept-time-zone', '--dry-run');
      assert.equal(code, 6, stderr);
      assert.match(stderr, /warning time-zone-accepted/);
    });

    for (const where of [[], ['--target', 'app']] as const)
      test(`that is none ends with a usage error, ${where.length === 0 ? 'without' : 'with'} a target`, async () => {
        const target = where.length === 0 ? [] : ['--target', server.uri('app')];
        const { code, stderr } = await dump('--dry-run', '--source-time-zone', 'Europe/Berlin2', ...target);
        assert.equal(code, 2, stderr);
        assert.match(stderr, /--source-time-zone Europe\/Berlin2: /);
      });

    test('without a target it decides when chains fire: the hour that daylight saving repeats is named', async () => {
      const found = async (zone: string): Promise<boolean> => {
        const plan = planOf(
          await dump(
            ...['--dry-run', '--format', 'json', '--target-database', 'app', '--job', 'nightly'],
            ...['--source-time-zone', zone],
          ),
        );
        return plan.jobs.some(({ advisories }) => advisories.some(({ code }) => code === 'repeated-hour'));
      };
      // It runs at 02:00, which clocks in Berlin show twice in October, and those in New York at 01:00.
      assert.deepEqual([await found('Europe/Berlin'), await found('UTC')], [true, false]);
      assert.equal(await found('America/New_York'), false);
    });
  });

  describe('is refused in one sentence', () => {
    const TARGET = ['--target', 'host=db1'];
    for (const [words, message] of [
      [['--dry-run', '--source', 'host=db1'], /^--dump and --source contradict each other/],
      [['--dry-run', '--dump', 'b.sql'], /^--dump is given more than once/],
      [['--disable-source', ...TARGET], /^--disable-source needs the live source/],
      [['--dry-run', '--run-overdue'], /^--run-overdue needs the live source/],
      [['--dry-run', '--without-client'], /^--without-client needs the live source/],
      [['--dry-run', '--wait', '1h'], /^--wait needs the live source/],
      [['--dry-run', '--source-role', 'x'], /^--source-role needs the live source/],
      [['--dry-run', '--target-role', 'x'], /^--target-role needs --target/],
      [['--dry-run', '--target-database', 'app', ...TARGET], /^--target-database and --target contradict/],
      [[], /^Writing from --dump needs --target and --paused/],
      [['--paused'], /^Writing from --dump needs --target and --paused/],
      [TARGET, /^Writing from --dump needs --target and --paused/],
      [['--dry-run', '--collation', 'no such'], /^--collation 'no such': no collation that is known without/],
      [['--dry-run', '--job', 'none'], /^--job none: no job has that name/],
      [['--dry-run', '--client-name', 'h1=x'], /^--client-name h1=x: no job is for the host "h1"/],
      [['--dry-run', '--transaction', 'none=chain'], /^--transaction none: no job has that name/],
    ] as const)
      test(`beside ${words.join(' ') || 'nothing'}`, async () => {
        const { code, stdout, stderr } = await dump(...words);
        assert.equal(code, 2, stderr);
        assert.equal(stdout, '');
        assert.match(stderr.replace('pga2timetable: ', ''), message);
      });

    for (const command of ['verify', 'undo'])
      test(`by ${command}`, async () => {
        const { code, stderr } = await pga2timetable([command, '--dump', file]);
        assert.equal(code, 2);
        assert.match(stderr, new RegExp(`^pga2timetable: ${command} needs the live source: `));
      });

    for (const words of [
      ['--target-database', 'app'],
      ['--collation', 'C'],
    ])
      test(`and ${words[0]} without one`, async () => {
        const { code, stderr } = await pga2timetable(['--dry-run', ...words]);
        assert.equal(code, 2);
        assert.match(stderr, new RegExp(`^pga2timetable: ${words[0]} needs --dump\\.`));
      });
  });

  describe('written with --paused', () => {
    let here: Both;
    let written: Result;
    let fresh = '';
    const live = (database: string, ...more: readonly string[]): Promise<Result> =>
      pga2timetable(['-s', server.uri(database), '-t', server.uri('moved'), ...more]);

    before(async () => {
      here = await Both.create(server, 'moved');
    });

    async function write(): Promise<void> {
      await server.run('moved', 'DELETE FROM timetable.chain; DROP SCHEMA IF EXISTS pga2timetable CASCADE');
      await server.run('app', 'DROP SCHEMA IF EXISTS pga2timetable CASCADE; DELETE FROM timetable.chain');
      fresh = pgDump(server, 'app');
      written = await pga2timetable([
        ...['--dump', fresh, '-t', server.uri('moved'), ...UTC, '--paused'],
        ...['--step-conninfo', 'host=db1 user=me'],
      ]);
      assert.equal(written.code, 0, written.stderr);
    }

    const JSON_PLAN = ['--dry-run', '--format', 'json'];

    test('no chain is live, and the last screen names what follows', async () => {
      await write();
      assert.deepEqual(await here.rows('SELECT DISTINCT live FROM timetable.chain'), [{ live: false }]);
      const target = server.uri('moved');
      for (const line of [
        `Next: npx pga2timetable verify --target ${target} --source CONN`,
        `Cutover: npx pga2timetable --target ${target} --source CONN --disable-source`,
        `Back: npx pga2timetable undo --target ${target} --source CONN`,
      ])
        assert.ok(written.stdout.includes(`\n${line}\n`), written.stdout);
    });

    test('the same dump again keeps them', async () => {
      await write();
      const again = await pga2timetable([
        ...['--dump', fresh, '-t', server.uri('moved'), ...UTC, '--paused', ...JSON_PLAN],
      ]);
      assert.deepEqual(new Set(Object.values(actionsOf(again))), new Set(['keep']));
    });

    test('a newer dump of the same pgAgent keeps what is as it was', async () => {
      await write();
      const id = await place.insert({ name: 'new' });
      fresh = pgDump(server, 'app');
      await server.run('app', `DELETE FROM pgagent.pga_job WHERE jobid = ${id}`);
      const again = await pga2timetable([
        ...['--dump', fresh, '-t', server.uri('moved'), ...UTC, '--paused', ...JSON_PLAN],
        ...['--step-conninfo', 'host=db1 user=me'],
      ]);
      assert.deepEqual(actionsOf(again).nightly, 'keep');
      assert.deepEqual(actionsOf(again).new, 'create');
    });

    test('the live pgAgent finds all of them equal but paused', async () => {
      await write();
      const { code, stdout, stderr } = await live('app', 'verify', '--without-client');
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /5 jobs: 0 equal, 4 equal but paused/);
    });

    test('the live pgAgent goes on with them: keeps what is the same, makes anew what names its server', async () => {
      await write();
      const chains = await here.rows<{ name: string; id: number }>(
        'SELECT chain_name AS name, chain_id::int AS id FROM timetable.chain',
      );
      const plan = await live('app', ...JSON_PLAN);
      // The chains of one job share a lock that names pgAgent's server.
      assert.deepEqual(actionsOf(plan), {
        ...{ nightly: 'keep', batch: 'keep', disabled: 'keep', far: 'keep' },
        twice: 'replace',
      });
      const moved = await live('app', '--disable-source', '--without-client');
      assert.equal(moved.code, 0, moved.stderr);
      const now = await here.rows<{ name: string; id: number; live: boolean }>(
        'SELECT chain_name AS name, chain_id::int AS id, live FROM timetable.chain ORDER BY 1',
      );
      assert.deepEqual(
        now.map(({ name, live: isLive }) => [name, isLive]),
        [
          ['batch @ nightly', true],
          ['disabled @ nightly', false],
          ['far @ nightly', true],
          ['nightly @ nightly', true],
          ['twice @ a', true],
          ['twice @ b', true],
        ],
      );
      const before = new Map(chains.map(({ name, id }) => [name, id]));
      const kept = now.filter(({ name, id }) => before.get(name) === id).map(({ name }) => name);
      assert.deepEqual(kept, ['batch @ nightly', 'disabled @ nightly', 'far @ nightly', 'nightly @ nightly']);
      assert.equal(
        await here.value("SELECT count(*)::int FROM pga2timetable.job WHERE source LIKE 'dump-%'"),
        0,
      );
      assert.equal((await live('app', 'verify', '--without-client')).code, 0);
      const undone = await live('app', 'undo');
      assert.equal(undone.code, 0, undone.stderr);
      assert.equal(await place.value('SELECT count(*)::int FROM pgagent.pga_job WHERE jobenabled'), 4);
    });

    test('a job that changed since is made anew, and one that somebody set live is left to --on-conflict', async () => {
      await write();
      await server.run(
        'app',
        "UPDATE pgagent.pga_jobstep SET jstcode = 'SELECT 2' FROM pgagent.pga_job WHERE jstjobid = jobid AND jobname IN ('nightly', 'far')",
      );
      await server.run('moved', "UPDATE timetable.chain SET live = true WHERE chain_name = 'far @ nightly'");
      try {
        const { nightly, far } = actionsOf(await live('app', ...JSON_PLAN));
        assert.deepEqual([nightly, far], ['replace', 'conflict']);
      } finally {
        await server.run(
          'app',
          "UPDATE pgagent.pga_jobstep SET jstcode = 'SELECT 1' WHERE jstcode = 'SELECT 2'",
        );
      }
    });

    test('a job that is as in the dump is not said to have changed: only the name of its lock differs', async () => {
      await write();
      await server.run('moved', 'UPDATE timetable.chain SET live = true');
      const lock = `only the lock name of "twice @ a", "twice @ b" differs: the dump did not tell pgAgent's database and server`;
      const { code, stderr } = await live('app', '--job', 'twice', '--dry-run');
      assert.equal(code, 4);
      assert.ok(stderr.includes(`job 2 "twice": ${lock}.`), stderr);
      await server.run(
        'app',
        "UPDATE pgagent.pga_schedule SET jschours[5] = NOT jschours[5] WHERE jscname = 'a'",
      );
      try {
        const changed = await live('app', '--job', 'twice', '--dry-run');
        assert.match(
          changed.stderr,
          /the job or the options changed since "twice @ a", "twice @ b" were written from a dump, or the dump did not tell all\./,
        );
      } finally {
        await server.run(
          'app',
          "UPDATE pgagent.pga_schedule SET jschours[5] = NOT jschours[5] WHERE jscname = 'a'",
        );
      }
    });

    test('a run on some jobs leaves the records of the others to the dump', async () => {
      await write();
      const { code, stderr } = await live('app', '--job', 'nightly', '--paused');
      assert.equal(code, 0, stderr);
      assert.deepEqual(
        await here.rows("SELECT job_name AS name FROM pga2timetable.job WHERE source NOT LIKE 'dump-%'"),
        [{ name: 'nightly' }],
      );
      assert.equal((await live('app', 'verify', '--without-client')).code, 0);
    });

    describe('of which a job was deleted in pgAgent since', () => {
      let id: number;
      const about = (result: Result): readonly unknown[] =>
        planOf(result)
          .preflight.filter(({ check }) => check === 'deleted-jobs')
          .map(({ status, message, remedy }) => [status, message, remedy]);

      async function deleteOne(): Promise<void> {
        id = await place.insert({ name: 'old' });
        await write();
        await server.run('app', `DELETE FROM pgagent.pga_job WHERE jobid = ${id}`);
      }

      test('a dry run warns of its chains, and --strict stops there', async () => {
        await deleteOne();
        assert.deepEqual(about(await live('app', ...JSON_PLAN)), [
          [
            'warning',
            '1 job that moved earlier was deleted in pgAgent: "old". None of the chains is live, so nothing runs them.',
            `To remove the chains: undo with the --source and --target of this run and --job ${id}`,
          ],
        ]);
        assert.equal((await live('app', ...JSON_PLAN, '--strict')).code, 3);
      });

      for (const [words, isSaid] of [
        [['--job', 'nightly'], false],
        [['--exclude-job', 'nightly'], true],
        [['--job', '*'], true],
      ] as const)
        test(`and with ${words.join(' ')} counts no job that the run leaves out`, async () => {
          await deleteOne();
          assert.equal(about(await live('app', ...JSON_PLAN, ...words)).length, isSaid ? 1 : 0);
        });

      test('chains that are live by now are a note', async () => {
        await deleteOne();
        await server.run(
          'moved',
          "UPDATE timetable.chain SET live = true WHERE chain_name = 'old @ nightly'",
        );
        assert.deepEqual(
          about(await live('app', ...JSON_PLAN)).map((check) => (check as string[]).slice(0, 2)),
          [
            [
              'note',
              '1 job that moved earlier was deleted in pgAgent: "old". The chains stay: 1 live, 0 not live.',
            ],
          ],
        );
      });

      test('the cutover says so, and undo still finds them', async () => {
        await deleteOne();
        const moved = await live('app', '--disable-source', '--without-client');
        assert.equal(moved.code, 0, moved.stderr);
        assert.match(moved.stderr + moved.stdout, /1 job that moved earlier was deleted in pgAgent: "old"/);
        const undone = await live('app', 'undo', '--job', String(id));
        assert.equal(undone.code, 0, undone.stderr);
        assert.deepEqual(await here.rows("SELECT FROM timetable.chain WHERE chain_name LIKE 'old%'"), []);
        assert.deepEqual(about(await live('app', ...JSON_PLAN)), []);
        assert.equal((await live('app', 'undo')).code, 0);
      });
    });

    test('undo with the live source removes them', async () => {
      await write();
      const { code, stdout, stderr } = await live('app', 'undo', '--yes');
      assert.equal(code, 0, stdout + stderr);
      assert.equal(await here.value('SELECT count(*)::int FROM timetable.chain'), 0);
      assert.equal(await place.value('SELECT count(*)::int FROM pgagent.pga_job WHERE jobenabled'), 4);
    });

    test('a script for psql goes on with them too', async () => {
      await write();
      const script = await live('app', '--format', 'sql', '--paused');
      assert.equal(script.code, 0, script.stderr);
      const run = await psql(server, 'moved', script.stdout);
      assert.equal(run.code, 0, run.stderr);
      assert.equal(
        await here.value("SELECT count(*)::int FROM pga2timetable.job WHERE source LIKE 'dump-%'"),
        0,
      );
      assert.equal((await live('app', 'verify', '--without-client')).code, 0);
    });

    test('the statements of the page about dumps find what to name, set the chains live, and remove them', async () => {
      const [find = '', setLive = '', remove = ''] = [
        ...readFileSync('docs/dump.md', 'utf8').matchAll(/```sql\n([\s\S]*?)```/g),
      ].map(([, sql]) => sql ?? '');
      assert.deepEqual((await server.run('app', find)).rows, [
        { '--source-time-zone': 'UTC', '--collation': 'C' },
      ]);
      await write();
      await server.run('moved', setLive);
      assert.deepEqual(await here.rows('SELECT chain_name AS name FROM timetable.chain WHERE NOT live'), [
        { name: 'disabled @ nightly' },
      ]);
      await server.run('moved', remove);
      assert.equal(await here.value('SELECT count(*)::int FROM timetable.chain'), 0);
      assert.equal(await here.value('SELECT count(*)::int FROM pga2timetable.job'), 0);
    });

    test('a restored copy of the dump counts as the live pgAgent', async () => {
      await write();
      await server.createDatabase('copy', 'TEMPLATE app');
      const { code, stdout } = await live('copy', 'verify', '--without-client');
      assert.equal(code, 0, stdout);
    });

    test('another pgAgent whose jobs have the same ids and names is none of it', async () => {
      await write();
      const other = await Both.create(server, 'stranger');
      await other.insert({
        name: 'nightly',
        steps: [{ name: 'a', code: 'SELECT 1', conninfo: 'host=x user=y dbname=z' }],
      });
      const { code, stderr } = await live('stranger');
      assert.equal(code, 4, stderr);
      assert.match(stderr, /is a chain that this tool made for another source/);
    });

    test('chains that came from the live pgAgent are not touched by a dump', async () => {
      await write();
      await server.run('moved', 'DELETE FROM timetable.chain; DROP SCHEMA pga2timetable CASCADE');
      assert.equal((await live('app', '--job', 'nightly', '--step-conninfo', 'host=db1 user=me')).code, 0);
      const { code, stderr } = await pga2timetable([
        ...['--dump', fresh, '-t', server.uri('moved'), ...UTC, '--paused', '--job', 'nightly'],
        ...['--step-conninfo', 'host=db1 user=me'],
      ]);
      assert.equal(code, 4);
      assert.match(stderr, /Use --source in place of --dump/);
      assert.deepEqual(await here.rows('SELECT live FROM timetable.chain'), [{ live: true }]);
    });
  });

  describe('and a saved plan', () => {
    const PLAN = join(folder, 'plan.json');
    before(async () => {
      const saved = await toTarget(
        ...['--paused', '--dry-run', '--format', 'json', '--output', PLAN, '--overwrite'],
      );
      assert.equal(saved.code, 6, saved.stderr);
    });

    test('with the same dump is written', async () => {
      const { code, stderr } = await dump('--target', server.uri('app'), '--plan', PLAN);
      assert.equal(code, 6, stderr);
      assert.equal(await place.value('SELECT count(*)::int FROM timetable.chain'), 5);
      await server.run('app', 'DELETE FROM timetable.chain; DROP SCHEMA pga2timetable CASCADE');
    });

    test('with another dump, or the live source, no longer fits', async () => {
      const changed = join(folder, 'changed.sql');
      writeFileSync(changed, readFileSync(file, 'utf8').replace('echo done', 'echo gone'));
      for (const from of [
        ['--dump', changed],
        ['--source', server.uri('app')],
      ]) {
        const { code, stderr } = await pga2timetable([
          ...from,
          '--target',
          server.uri('app'),
          '--plan',
          PLAN,
        ]);
        assert.equal(code, 4, stderr);
        assert.match(stderr, /no longer fits/);
      }
      assert.equal(await place.value('SELECT count(*)::int FROM timetable.chain'), 0);
    });

    test('without a target can be read, and cannot be applied', async () => {
      const alone = join(folder, 'alone.json');
      await dump(
        ...[
          '--dry-run',
          '--format',
          'json',
          '--output',
          alone,
          ...UTC,
          '--target-database',
          'app',
          '--paused',
        ],
      );
      const { code, stderr } = await dump('--plan', alone);
      assert.equal(code, 2);
      assert.match(stderr, /Writing from --dump needs --target and --paused/);
      assert.equal((await dump('--plan', alone, '--target', server.uri('app'))).code, 4);
    });
  });
});
