import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { planSchema } from '../../src/model/plan.ts';
import { pga2timetable, type Result, start } from '../cli/run.ts';
import { StandInClient } from '../engine/stand-in.ts';
import { until } from '../pgagent/real.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { Both } from './both-schemas.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

let databases = 0;
const both = (): Promise<Both> => Both.create(server, `both_${++databases}`);

const enabled = (place: Both): Promise<readonly unknown[]> =>
  place.rows('SELECT jobname AS name, jobenabled AS enabled FROM pgagent.pga_job ORDER BY jobid');
const live = (place: Both): Promise<readonly unknown[]> =>
  place.rows('SELECT chain_name AS name, live FROM timetable.chain ORDER BY chain_id');
const phases = (place: Both): Promise<readonly unknown[]> =>
  place.rows('SELECT job_id AS job, phase FROM pga2timetable.job ORDER BY 1');

// Most of the time goes into starting the program.
describe('a cutover without agents', { concurrency: 2 }, () => {
  test('what would leave jobs running nowhere, or says nothing, is a mistake of the command line', async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [
        ['--paused', '--disable-source'],
        /With --paused and --disable-source together the jobs would run nowhere\./,
      ],
      [['--run-overdue'], /--run-overdue needs --disable-source/],
      [['--force'], /--force needs --on-conflict replace\./],
      [['--force', '--on-conflict', 'skip'], /--force needs --on-conflict replace/],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await pga2timetable([...args, '-s', 'host=/nowhere']);
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, message);
      assert.equal(stderr.split('\n').length, 3, 'two lines');
    }
  });

  test('only what moved whole is disabled; what moved in part is not live; verify needs no --after-cutover', async () => {
    const place = await both();
    await place.insert({ name: 'whole' });
    await place.insert({
      name: 'part',
      steps: [
        { name: 'a', code: 'SELECT 1' },
        { name: 'b', code: 'DELETE FROM pgagent.pga_joblog' },
      ],
    });
    await place.insert({ name: 'left out', steps: [{ name: 'a', code: 'DELETE FROM pgagent.pga_joblog' }] });
    await place.insert({ name: 'disabled before', enabled: false });
    const { code, stdout } = await place.migrate('--disable-source', '--partial');
    assert.equal(code, 6);
    assert.match(
      stdout,
      /\nCutover: 1 job disabled in pgAgent at \S+, the chains live at\s+\S+: no pgAgent was connected\.\n/,
    );
    assert.match(stdout, /^Watch\n[\s\S]*job 2 "part" moves in part, with paused chains \[part-held-back\]/m);
    assert.deepEqual(await enabled(place), [
      { name: 'whole', enabled: false },
      { name: 'part', enabled: true },
      { name: 'left out', enabled: true },
      { name: 'disabled before', enabled: false },
    ]);
    assert.deepEqual(await live(place), [
      { name: 'whole @ nightly', live: true },
      { name: 'part @ nightly', live: false },
      { name: 'disabled before @ nightly', live: false },
    ]);
    const verified = await place.verify('--job', 'whole', '--job', 'disabled before');
    assert.equal(verified.code, 0, verified.stdout);
  });

  test('overdue jobs are named; --run-overdue starts the chain of each once, on a client that is connected', async () => {
    const place = await both();
    await place.rows('CREATE TABLE public.ran (job text, at timestamptz DEFAULT clock_timestamp())');
    for (const name of ['late', 'later', 'in time'])
      await place.insert({
        name,
        steps: [{ name: 'a', code: `INSERT INTO public.ran (job) VALUES ('${name}')` }],
      });
    await place.rows(
      `UPDATE pgagent.pga_job SET jobnextrun = CASE WHEN jobname = 'in time' THEN timestamptz '2099-01-01' ELSE '2026-01-02 03:04:00+00' END`,
    );
    const client = await StandInClient.connect(server, place.name, 'w1');
    try {
      const told = await place.migrate('--disable-source', '--job', 'late', '--client-name', '=w1');
      assert.equal(told.code, 0);
      assert.match(
        told.stdout.replaceAll(/\s+/g, ' '),
        /Job 1 was overdue since 2026-01-02T03:04:00\+00:00: pgAgent had not run it, and pg_timetable runs it when it is due next \(--run-overdue asks for one run\)\./,
      );
      assert.doesNotMatch(told.stdout, /No due minute was missed/);
      const args = ['--disable-source', '--run-overdue', '--format', 'json', '--client-name', '=w1'];
      const started = await place.migrate(...args);
      assert.equal(started.code, 0);
      assert.deepEqual(planSchema.parse(JSON.parse(started.stdout)).cutover?.overdue, [
        { jobId: 2, dueSince: '2026-01-02T03:04:00+00:00', isStarted: true, mayHaveRun: false },
      ]);
      await until(async () => (await place.value<number>('SELECT count(*)::int FROM public.ran')) > 0);
      await place.migrate(...args);
      await sleep(500);
      assert.deepEqual(
        await place.rows('SELECT job FROM public.ran'),
        [{ job: 'later' }],
        'once, whatever is run again',
      );
    } finally {
      await client.stop();
    }
  });

  /** Holds a run at the rows of the jobs until somebody has done something to them. */
  async function whileItWaits(
    place: Both,
    args: readonly string[],
    deed: (holder: pg.Client) => Promise<unknown>,
  ): Promise<Result> {
    const holder = await server.connect(place.name);
    try {
      await holder.query('BEGIN; SELECT FROM pgagent.pga_job FOR UPDATE');
      const { result } = start([
        '-s',
        server.uri(place.name),
        '--disable-source',
        '--without-client',
        ...args,
      ]);
      const isWaiting = `SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pga2timetable' AND query ~ 'ROLLBACK TO SAVEPOINT attempt|WITH seen AS'`;
      await until(async () => (await place.value<number>(isWaiting)) > 0);
      await deed(holder);
      await holder.query('COMMIT');
      return await result;
    } finally {
      await holder.end();
    }
  }

  const CHANGES: Readonly<Record<string, string>> = {
    changed: `UPDATE pgagent.pga_schedule SET jschours[5] = true WHERE jscjobid = 2`,
    disabled: `UPDATE pgagent.pga_job SET jobenabled = false WHERE jobid = 2`,
    deleted: `DELETE FROM pgagent.pga_job WHERE jobid = 2`,
  };

  for (const [what, change] of Object.entries(CHANGES)) {
    test(`one database: a job that is ${what} while the run waits stops it, and nothing is written`, async () => {
      const place = await both();
      for (const name of ['one', 'two']) await place.insert({ name });
      const timetable = await place.snapshot('timetable');
      const { code, stderr } = await whileItWaits(place, [], (holder) => holder.query(change));
      assert.equal(code, 4);
      assert.match(
        stderr,
        new RegExp(
          `Job 2 was ${what} in pgAgent while this ran\\..*\n {2}Read the new plan \\(--dry-run\\), then run this again\\.\n$`,
        ),
      );
      assert.deepEqual(await place.snapshot('timetable'), timetable);
      assert.equal(await place.value(`SELECT to_regclass('pga2timetable.job')::text`), null);
      assert.equal(await place.value(`SELECT jobenabled FROM pgagent.pga_job WHERE jobid = 1`), true);
    });
  }

  test('two databases: the same leaves it half-way, every command says so, and each way out ends well', async () => {
    const source = await both();
    const place = await both();
    const step = [{ name: 'a', kind: 'b' as const, code: 'true' }];
    for (const name of ['one', 'two']) await source.insert({ name, steps: step });
    const target = ['--target', server.uri(place.name)];
    const broken = await whileItWaits(source, target, (holder) => holder.query(CHANGES.changed ?? ''));
    assert.equal(broken.code, 7);
    assert.match(
      broken.stderr,
      /Job 2 was changed in pgAgent while this ran\. The chains of 2 jobs are on the target, not live; pgAgent keeps running the jobs\.\n {2}Run the same command again: it finishes\. pga2timetable undo undoes all of it\.\n$/,
    );
    const half = [
      { job: 1, phase: 'cutting-over' },
      { job: 2, phase: 'cutting-over' },
    ];
    assert.deepEqual(await phases(place), half);
    assert.deepEqual(await enabled(source), [
      { name: 'one', enabled: true },
      { name: 'two', enabled: true },
    ]);
    assert.deepEqual(await live(place), [
      { name: 'one @ nightly', live: false },
      { name: 'two @ nightly', live: false },
    ]);

    const before = await place.snapshot();
    for (const args of [[], ['--dry-run']]) {
      const { code, stderr } = await source.migrate(...target, ...args);
      assert.equal(code, 7, args.join());
      assert.match(
        stderr,
        /A cutover of 2 jobs is unfinished\..*\n {2}To finish it: run again with --disable-source\. To undo it: pga2timetable undo\.\n$/,
      );
    }
    assert.equal((await source.verify(...target)).code, 5);
    assert.deepEqual(await place.snapshot(), before);

    const undone = await source.undo(...target, '--dry-run');
    assert.equal(undone.code, 0);
    const finished = await source.migrate(...target, '--disable-source');
    assert.equal(finished.code, 0, finished.stderr);
    assert.match(finished.stderr, /^A cutover of 2 jobs is unfinished: this run continues it\.\n/);
    assert.deepEqual(await place.rows('SELECT run_at AS at, live FROM timetable.chain ORDER BY chain_name'), [
      { at: '0 2 * * *', live: true },
      { at: '0 2,4 * * *', live: true },
    ]);
    assert.deepEqual(
      await phases(place),
      half.map(({ job }) => ({ job, phase: 'cut-over' })),
    );
    assert.equal((await source.verify(...target)).code, 0);

    await place.rows(
      `UPDATE pga2timetable.job SET phase = 'undoing', disabled_at = disabled_at WHERE job_id = 1`,
    );
    await place.rows(
      "UPDATE timetable.chain SET live = false WHERE chain_id IN (SELECT (chains -> 0 ->> 'id')::bigint FROM pga2timetable.job WHERE job_id = 1)",
    );
    for (const args of [[], ['--disable-source'], ['--dry-run']]) {
      const { code, stderr } = await source.migrate(...target, ...args);
      assert.equal(code, 7, args.join());
      assert.match(
        stderr,
        /An undo of 1 job is unfinished: the chains are stopped, and not all of it is undone\.\n {2}Finish it first: pga2timetable undo\.\n$/,
      );
    }
    assert.equal((await source.undo(...target)).code, 0);
    assert.deepEqual(await live(place), []);
    assert.deepEqual(await enabled(source), [
      { name: 'one', enabled: true },
      { name: 'two', enabled: true },
    ]);
  });

  test('of two migrations at the same time one waits for nothing and says so', async () => {
    const place = await both();
    await place.insert({ name: 'one' });
    let second: Result | undefined;
    const first = await whileItWaits(place, [], async () => {
      second = await place.migrate('--disable-source');
    });
    assert.equal(first.code, 0);
    assert.equal(second?.code, 1);
    assert.match(
      second?.stderr ?? '',
      /Another pga2timetable is writing to this target\.\n {2}Wait until it has ended, then run this again\.\n$/,
    );
  });

  for (const table of ['timetable.chain', 'pgagent.pga_job', 'pgagent.pga_schedule']) {
    test(`a session that holds ${table} stops a run after about 5 s, and nothing is written`, async () => {
      const place = await both();
      await place.insert({ name: 'one' });
      const before = await place.snapshot();
      const holder = await server.connect(place.name);
      try {
        await holder.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
        const begin = Date.now();
        const { code, stderr } = await place.migrate('--disable-source', '--wait', '0');
        const seconds = (Date.now() - begin) / 1000;
        assert.equal(code, 1);
        assert.ok(seconds > 4.5 && seconds < 25, `${seconds} s`);
        assert.match(stderr, /lock/i);
      } finally {
        await holder.query('ROLLBACK');
        await holder.end();
      }
      assert.deepEqual(await place.snapshot(), before);
    });
  }

  test('a session that holds the rows of jobs is waited for up to --wait, and named then', async () => {
    const place = await both();
    await place.insert({ name: 'one' });
    const before = await place.snapshot();
    const holder = await server.connect(place.name);
    try {
      await holder.query('BEGIN; SELECT FROM pgagent.pga_job FOR UPDATE');
      const { code, stderr } = await place.migrate('--disable-source', '--wait', '2');
      assert.equal(code, 3);
      assert.match(
        stderr,
        /Another session holds rows of pgagent\.pga_job, after waiting for 2 s\.\n {2}Find it in pg_stat_activity, let it commit, and run this again\. To wait longer: --wait\n$/,
      );
      await holder.query('ROLLBACK');
    } finally {
      await holder.end();
    }
    assert.deepEqual(await place.snapshot(), before);
  });
});
