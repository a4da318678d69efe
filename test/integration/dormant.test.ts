import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { load } from 'js-yaml';
import { LOG_CODES } from '../../src/model/history.ts';
import type { JobPlan } from '../../src/model/plan.ts';
import { pga2timetable } from '../cli/run.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { Both } from './both-schemas.ts';
import { NO_PSQL, psql, scriptOf } from './script-run.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

let databases = 0;

/**
 * Nightly jobs, made 200 days ago. `healthy` ran each night of 60, and `next` is its next run as SQL.
 */
async function source(): Promise<Both> {
  const place = await Both.create(server, `dormant_${++databases}`);
  for (const name of [
    'healthy',
    'failing',
    'overdue',
    'never',
    'no next',
    'parked',
    'asleep',
    'new',
    'disabled',
  ])
    await place.insert({ name, enabled: name !== 'disabled' });
  await place.rows(
    `
    UPDATE pgagent.pga_job
       SET jobcreated = now() - interval '200 days', jobnextrun = date_trunc('day', now() - interval '2 hours') + interval '1 day 2 hours',
           joblastrun = date_trunc('day', now() - interval '2 hours') + interval '2 hours';
    UPDATE pgagent.pga_job SET jobnextrun = jobnextrun - interval '40 days', joblastrun = joblastrun - interval '40 days' WHERE jobname = 'overdue';
    UPDATE pgagent.pga_job SET jobnextrun = jobnextrun - interval '100 days', joblastrun = NULL WHERE jobname = 'never';
    UPDATE pgagent.pga_job SET jobnextrun = NULL WHERE jobname IN ('no next', 'disabled');
    UPDATE pgagent.pga_job SET jobnextrun = 'infinity' WHERE jobname = 'parked';
    UPDATE pgagent.pga_job SET joblastrun = joblastrun - interval '30 days' WHERE jobname = 'asleep';
    UPDATE pgagent.pga_job SET jobcreated = now(), joblastrun = NULL WHERE jobname = 'new';
    INSERT INTO pgagent.pga_joblog (jlgjobid, jlgstatus, jlgstart, jlgduration)
    SELECT jobid, CASE WHEN jobname = 'failing' THEN 'f' ELSE 's' END, night, interval '1 minute'
      FROM generate_series(joblast() - interval '60 days', joblast(), '1 day') AS night, pgagent.pga_job
     WHERE jobname IN ('healthy', 'failing') OR (jobname IN ('overdue', 'asleep') AND night <= joblastrun)
     ORDER BY night, jobid`.replaceAll(
      'joblast()',
      `(SELECT joblastrun FROM pgagent.pga_job WHERE jobname = 'healthy')`,
    ),
  );
  return place;
}

const planned = async (place: Both, ...args: readonly string[]): Promise<readonly JobPlan[]> => {
  const { stdout } = await place.migrate('--dry-run', '--format', 'json', ...args);
  return (JSON.parse(stdout) as { jobs: readonly JobPlan[] }).jobs;
};

const OF_THE_LOG: ReadonlySet<string> = new Set([...LOG_CODES, 'paused-as-dormant']);

const said = (jobs: readonly JobPlan[]): Record<string, readonly string[]> =>
  Object.fromEntries(
    jobs.map(({ jobName, advisories }) => [
      jobName,
      advisories.filter(({ code }) => OF_THE_LOG.has(code)).map(({ code }) => code),
    ]),
  );

const FOUND = {
  healthy: [],
  failing: ['job-always-failed'],
  overdue: ['job-not-run'],
  never: ['job-never-ran'],
  'no next': ['next-run-missing'],
  parked: ['next-run-late'],
  asleep: ['job-not-run'],
  new: [],
  disabled: [],
};
const SICK = Object.entries(FOUND).flatMap(([name, codes]) => (codes.length > 0 ? [name] : []));

const live = (place: Both): Promise<readonly unknown[]> =>
  place.rows(`SELECT split_part(chain_name, ' @', 1) AS name FROM timetable.chain WHERE live ORDER BY 1`);

describe('jobs that stood still', { concurrency: 2 }, () => {
  test('are named, each way by its code, with the last success and the due minutes', async () => {
    const place = await source();
    const jobs = await planned(place);
    assert.deepEqual(said(jobs), FOUND);
    const message = (name: string): string =>
      jobs.find(({ jobName }) => jobName === name)?.advisories.find(({ code }) => OF_THE_LOG.has(code))
        ?.message ?? '';
    assert.match(
      message('failing'),
      /^failed in all 61 logged runs since \S+ 02:00, last on \S+ 02:00\. No success/,
    );
    // The run that nobody made 39 nights ago, and each night since.
    assert.match(
      message('overdue'),
      /^has not run since \S+ 02:00, although it was due 40 times .* Its last success was on \S+ 02:00\./,
    );
    assert.match(message('parked'), /^does not run in pgAgent before infinity /);
    assert.deepEqual(Object.values(said(await planned(place, '--history', '0'))).flat(), []);
  });

  test('with --pause-dormant stay on pgAgent as they are in a cutover, and in the runs after it', async () => {
    const place = await source();
    const before = await place.rows('SELECT * FROM pgagent.pga_job ORDER BY jobid');
    const first = await place.migrate('--disable-source', '--pause-dormant');
    assert.equal(first.code, 0, first.stderr);
    const awake = ['healthy', 'new'].map((name) => ({ name }));
    assert.deepEqual(await live(place), awake);
    const names = SICK.map((name) => `'${name}'`).join();
    const stay = `SELECT j FROM pgagent.pga_job j WHERE jobname IN (${names}) ORDER BY jobid`;
    const asTheyWere = await place.rows(stay);
    assert.equal(before.length, 9);
    assert.deepEqual(
      await place.rows(`SELECT jobname AS name FROM pgagent.pga_job WHERE jobenabled ORDER BY jobid`),
      SICK.map((name) => ({ name })),
    );
    const verified = await place.verify('--format', 'json');
    assert.equal(verified.code, 0, verified.stdout);
    assert.deepEqual((JSON.parse(verified.stdout) as { summary: unknown }).summary, {
      jobs: 9,
      equal: 2,
      paused: 6,
      different: 0,
      idle: 1,
    });
    const again = await place.migrate('--disable-source');
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stderr, /From the record of earlier runs: --pause-dormant \(6 jobs\)\./);
    assert.deepEqual([await live(place), await place.rows(stay)], [awake, asTheyWere]);
    // Looked at anew, a job that runs by now is like the others.
    await place.rows(
      `UPDATE pgagent.pga_job SET jobnextrun = (SELECT jobnextrun FROM pgagent.pga_job WHERE jobname = 'asleep') WHERE jobname IN ('parked', 'no next')`,
    );
    const anew = await place.migrate('--disable-source', '--pause-dormant');
    assert.equal(anew.code, 0, anew.stderr);
    assert.deepEqual(
      await live(place),
      ['healthy', 'new', 'no next', 'parked'].map((name) => ({ name })),
    );
    assert.equal((await place.undo()).code, 0);
    assert.equal(await place.value(`SELECT count(*)::int FROM pgagent.pga_job WHERE jobenabled`), 8);
  });

  test('are not live in a script and in a chain file either', { skip: NO_PSQL }, async () => {
    const place = await source();
    const paused = ['failing', 'parked'].flatMap((name) => ['--job', name]);
    const { stdout: yaml } = await place.migrate(
      '--format',
      'yaml',
      '--pause-dormant',
      ...paused,
      '--job',
      'healthy',
    );
    const { chains } = load(yaml) as { chains: readonly { name: string; live: boolean }[] };
    assert.deepEqual(
      chains.map(({ name, live: isLive }) => [name, isLive]),
      [
        ['healthy @ nightly', true],
        ['failing @ nightly', false],
        ['parked @ nightly', false],
      ],
    );
    const script = await scriptOf(server, place.name, '--pause-dormant', ...paused);
    const { code, stderr } = await psql(server, place.name, script);
    assert.equal(code, 0, stderr);
    assert.deepEqual(await live(place), []);
    assert.equal((await place.verify(...paused)).code, 0);
    const again = await place.migrate('--dry-run', ...paused);
    assert.match(again.stderr, /--pause-dormant \(2 jobs\)/);
  });

  test('do not make a saved plan stale, which keeps who is paused', async () => {
    const place = await source();
    const file = join(mkdtempSync(join(tmpdir(), 'dormant-')), 'plan.json');
    const saved = await place.migrate(
      '--dry-run',
      '--disable-source',
      '--pause-dormant',
      '--format',
      'json',
      '--output',
      file,
    );
    assert.equal(saved.code, 0, saved.stderr);
    await place.rows(`
      UPDATE pgagent.pga_job SET jobnextrun = 'infinity' WHERE jobname = 'healthy';
      UPDATE pgagent.pga_job SET jobnextrun = date_trunc('day', now() - interval '2 hours') + interval '1 day 2 hours', joblastrun = now()
       WHERE jobname IN ('overdue', 'never', 'no next', 'parked', 'asleep');
      UPDATE pgagent.pga_joblog SET jlgstatus = 's'`);
    const { code, stdout, stderr } = await place.migrate('--plan', file, '--without-client');
    assert.equal(code, 0, stdout + stderr);
    assert.deepEqual(await live(place), [{ name: 'healthy' }, { name: 'new' }]);
  });

  test('are told by the jobs alone where this user may not read the log, and one line says so', async () => {
    const place = await source();
    await place.rows(`
      CREATE ROLE "no_log" LOGIN;
      GRANT USAGE ON SCHEMA pgagent, timetable TO no_log;
      GRANT SELECT ON ALL TABLES IN SCHEMA pgagent, timetable TO no_log;
      REVOKE SELECT ON pgagent.pga_joblog FROM no_log`);
    const { stdout } = await pga2timetable([
      '-s',
      server.uri(place.name, 'no_log'),
      '--dry-run',
      '--format',
      'json',
    ]);
    const plan = JSON.parse(stdout) as { jobs: readonly JobPlan[]; advisories: JobPlan['advisories'] };
    assert.deepEqual(said(plan.jobs), { ...FOUND, failing: [], asleep: [] });
    assert.equal(plan.advisories.filter(({ code }) => code === 'job-log-hidden').length, 1);
  });

  test('of a log of a million rows each is read about once', async () => {
    const place = await source();
    await place.rows(`
      INSERT INTO pgagent.pga_joblog (jlgjobid, jlgstatus, jlgstart, jlgduration)
      SELECT jobid, 's', now() - (1000000 - n) * interval '7 seconds', '1 second'
        FROM generate_series(1, 1000000) AS n, pgagent.pga_job WHERE jobname = 'healthy'`);
    // What sessions did is counted once they have ended.
    const read = (): Promise<{ scans: number; rows: number }> =>
      place
        .rows<{ scans: number; rows: number }>(
          `SELECT (seq_scan + coalesce(idx_scan, 0))::int AS scans, (seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS rows
             FROM pg_stat_user_tables WHERE relid = 'pgagent.pga_joblog'::regclass`,
        )
        .then(([row]) => row ?? { scans: 0, rows: 0 });
    await place.rows('SELECT pg_stat_force_next_flush()');
    const before = await read();
    const { code, stderr } = await place.migrate('--dry-run');
    assert.equal(code, 0, stderr);
    const after = await read();
    // The newest run at two thousand places of the log, and one pass over what is young enough.
    assert.ok(after.scans - before.scans <= 2_100, `${after.scans - before.scans} scans`);
    assert.ok(after.rows - before.rows <= 1_005_000, `${after.rows - before.rows} rows`);
  });

  test('--history takes days, and none contradicts --pause-dormant', async () => {
    for (const [args, message] of [
      [['--history', 'a'], /--history is "a": it takes a number of days from 0 to 3650\./],
      [['--history', '3651'], /--history is "3651"/],
      [['--history', '0', '--pause-dormant'], /--pause-dormant and --history 0 contradict each other\./],
    ] as const) {
      const { code, stderr } = await pga2timetable([...args, '-s', 'host=/nowhere']);
      assert.equal(code, 2);
      assert.match(stderr, message);
    }
  });
});
