import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { undoSchema } from '../../src/model/undo-result.ts';
import { pga2timetable } from '../cli/run.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { Both } from './both-schemas.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

// What matters here of pgAgent's own trigger: it takes the next run of a disabled job away, and computes one only where
// none is given, which fails on the 31st.
const TRIGGER = `
  CREATE FUNCTION pgagent.pga_job_trigger() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NOT NEW.jobenabled THEN
      NEW.jobnextrun := NULL;
    ELSIF NEW.jobnextrun IS NULL THEN
      RAISE EXCEPTION 'date/time field value out of range';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER pga_job_trigger BEFORE UPDATE ON pgagent.pga_job
    FOR EACH ROW EXECUTE FUNCTION pgagent.pga_job_trigger()`;

let databases = 0;
async function both(): Promise<Both> {
  const place = await Both.create(server, `both_${++databases}`);
  await server.run(place.name, TRIGGER);
  return place;
}

/** pgAgent's tables without the two columns that an undo sets. */
function untouched(place: Both): Promise<readonly unknown[]> {
  return place.rows(
    `SELECT to_jsonb(j) - 'jobnextrun' - 'jobchanged' AS job,
            (SELECT jsonb_agg(s ORDER BY jscid) FROM pgagent.pga_schedule s WHERE jscjobid = jobid) AS schedules,
            (SELECT jsonb_agg(t ORDER BY jstid) FROM pgagent.pga_jobstep t WHERE jstjobid = jobid) AS steps
       FROM pgagent.pga_job j ORDER BY jobid`,
  );
}

const names = (place: Both): Promise<readonly unknown[]> =>
  place.rows('SELECT chain_name AS name FROM timetable.chain ORDER BY 1');
const recordOf = (place: Both): Promise<string | null> =>
  place.value(`SELECT to_regclass('pga2timetable.job')::text`);
const enabled = (place: Both): Promise<readonly { name: string; enabled: boolean }[]> =>
  place.rows('SELECT jobname AS name, jobenabled AS enabled FROM pgagent.pga_job ORDER BY jobid');

// Most of the time goes into starting the program.
describe('taking jobs back', { concurrency: 2 }, () => {
  test('undo takes out what migrate put in, enables what it disabled, and nothing else', async () => {
    const place = await both();
    await place.insert({ name: 'moved', description: 'what it is for' });
    await place.insert({ name: 'off before', enabled: false });
    await place.insert({ name: 'left out', steps: [{ name: 'a', code: 'DELETE FROM pgagent.pga_joblog' }] });
    await place.rows(`UPDATE pgagent.pga_job SET jobjclid = 2, jobnextrun = '2099-01-01' WHERE jobid = 1`);
    await place.rows(`UPDATE pgagent.pga_jobstep SET jstdesc = 'how' WHERE jstjobid = 1`);
    await place.rows(
      `INSERT INTO timetable.chain (chain_name, run_at, live) VALUES ('foreign', '1 1 * * *', true)`,
    );
    const [pgagent, timetable] = [await untouched(place), await place.snapshot('timetable')];
    assert.equal((await place.migrate('--disable-source')).code, 6);
    assert.deepEqual(
      (await enabled(place)).map(({ enabled }) => enabled),
      [false, false, true],
    );
    assert.deepEqual(await place.value('SELECT descriptions FROM pga2timetable.job WHERE job_id = 1'), {
      class: 'Data Import',
      job: 'what it is for',
      schedules: {},
      steps: { '1': 'how' },
    });

    const state = await place.snapshot();
    const dry = await place.undo('--dry-run');
    assert.equal(dry.code, 0);
    assert.deepEqual(await place.snapshot(), state, 'a dry run changes nothing');
    const done = await place.undo();
    assert.equal(done.code, 0);
    assert.equal(done.stderr, '');
    const lines = (text: string): readonly string[] =>
      text.split('\n').filter((line) => !/^Perhaps no side ran/.test(line));
    const planned = lines(dry.stdout.replace('to be enabled again', 'enabled again'));
    assert.deepEqual(lines(done.stdout).slice(0, -2), planned.slice(0, -2), 'and prints the same');
    assert.match(
      dry.stdout,
      /\njob 1 "moved": to be enabled again, next run \d{4}-\d\d-\d\d 02:00:00\+00:00\n {2}- "moved @ nightly"\njob 2 "off before": left as it is in pgAgent\n {2}- "off before @ nightly"\n\n2 jobs, 2 chains to remove, 1 job to enable in pgAgent\. Nothing was changed\.\n$/,
    );
    assert.match(done.stdout, /\n2 jobs, 2 chains removed, 1 job enabled in pgAgent\.\n$/);
    assert.deepEqual(await untouched(place), pgagent);
    assert.deepEqual(await place.snapshot('timetable'), timetable, 'the foreign chain was not even written');
    assert.equal(
      await place.value(`SELECT count(*)::int FROM pg_namespace WHERE nspname = 'pga2timetable'`),
      0,
    );

    const again = await place.undo();
    assert.equal(again.code, 0);
    assert.match(
      again.stdout,
      /Nothing to undo: this tool moved nothing from this source to this target\.\n$/,
    );
  });

  /** When a job runs next, found minute by minute by PostgreSQL: `t` is the minute. */
  function nextMinute(where: string, zone: string): string {
    return `(SELECT min(t) FROM generate_series(date_trunc('minute', now()) + interval '1 minute', now() + interval '75 days', interval '1 minute') AS g (t)
            CROSS JOIN LATERAL (SELECT t AT TIME ZONE '${zone}' AS w) AS wall WHERE ${where})`;
  }
  const TWO = `w::time = '02:00'`;

  for (const zone of ['UTC', 'America/New_York', 'Asia/Tokyo']) {
    test(`a job that goes back runs next when its schedules say, by the clock of ${zone}`, async () => {
      const place = await both();
      const isStated = zone === 'Asia/Tokyo';
      if (!isStated) await place.rows(`ALTER DATABASE ${place.name} SET TimeZone = '${zone}'`);
      const daily = { hours: [2], minutes: [0] };
      const tomorrow = await place.value<string>(`SELECT ((now() AT TIME ZONE '${zone}')::date + 1)::text`);
      const future = await place.value<string>(
        `SELECT (date_trunc('hour', now()) + interval '40 days')::text`,
      );
      const expected: Record<string, string> = {
        'on the 31st': nextMinute(`${TWO} AND extract(day FROM w) = 31`, zone),
        'last day': nextMinute(`${TWO} AND extract(day FROM w + interval '1 day') = 1`, zone),
        'not tomorrow': nextMinute(`${TWO} AND w::date <> '${tomorrow}'`, zone),
        several: nextMinute(`${TWO} OR extract(minute FROM w) = 30`, zone),
        'later on': nextMinute(`${TWO} AND t >= '${future}'`, zone),
        'ended meanwhile': `'infinity'::timestamptz`,
      };
      const schedules: Record<string, readonly object[]> = {
        'on the 31st': [{ ...daily, monthDays: [31] }],
        'last day': [{ ...daily, monthDays: [32] }],
        'not tomorrow': [{ ...daily, exceptions: [{ date: tomorrow }] }],
        several: [daily, { minutes: [30] }],
        'later on': [{ ...daily, start: future }],
        'ended meanwhile': [daily],
      };
      for (const name of Object.keys(expected))
        await place.insert({ name, schedules: schedules[name] ?? [] });
      const clock = isStated ? ['--source-time-zone', zone] : [];
      const moved = await place.migrate(
        '--disable-source',
        ...clock,
        ...(isStated ? ['--accept-time-zone'] : []),
      );
      assert.equal(moved.code, 0, moved.stderr);
      await place.rows(
        `UPDATE pgagent.pga_schedule SET jscend = now() - interval '1 hour'
        WHERE jscjobid = (SELECT jobid FROM pgagent.pga_job WHERE jobname = 'ended meanwhile')`,
      );
      const { code, stdout } = await place.undo('--format', 'json', ...clock);
      assert.equal(code, 0);
      const document = undoSchema.parse(JSON.parse(stdout));
      const found = await place.rows<{ name: string; enabled: boolean; next: string; expected: string }>(
        Object.entries(expected)
          .map(
            ([name, sql]) =>
              `SELECT jobname AS name, jobenabled AS enabled, jobnextrun::text AS next, (${sql})::text AS expected
               FROM pgagent.pga_job WHERE jobname = '${name}'`,
          )
          .join(' UNION ALL '),
      );
      for (const job of found) {
        assert.equal(job.enabled, true, job.name);
        assert.equal(job.next, job.expected, job.name);
        const told = document.jobs.find(({ jobName }) => jobName === job.name)?.nextRun ?? null;
        const instant = job.next === 'infinity' ? null : Date.parse(job.next);
        assert.equal(told === null ? null : Date.parse(told), instant, `what is told of ${job.name}`);
      }
      // The last day takes three chains, two schedules take two.
      assert.deepEqual(document.summary, { jobs: 6, chains: 9, enabled: 6, undone: true });
    });
  }

  test('chains that were changed by hand are not taken out without --force, also not by a dry run’s word', async () => {
    const place = await both();
    for (const name of ['changed', 'gone', 'plain']) await place.insert({ name });
    await place.migrate('--disable-source');
    await place.rows(
      `UPDATE timetable.chain SET run_at = '5 5 * * *' WHERE chain_name = 'changed @ nightly'`,
    );
    await place.rows(`DELETE FROM timetable.chain WHERE chain_name = 'gone @ nightly'`);
    const before = await place.snapshot();
    const refused = await place.undo();
    assert.equal(refused.code, 4);
    assert.equal(
      refused.stderr,
      'pga2timetable: Chains were changed after this tool wrote them: "changed @ nightly" was changed by hand.\n' +
        '  To remove them anyway: --force (changes by hand are lost).\n',
    );
    const dry = await place.undo('--dry-run');
    assert.equal(dry.code, 4);
    assert.match(dry.stderr, /^pga2timetable: A run would stop here: Chains were changed/);
    assert.deepEqual(await place.snapshot(), before);
    assert.equal((await place.undo('--job', 'gone')).code, 0, 'who has deleted a chain loses nothing');
    assert.equal((await place.undo('--force')).code, 0);
    assert.deepEqual(await names(place), []);
    assert.equal(await recordOf(place), null);
  });

  test('some jobs go back, the others stay; the record goes with the last, and what others put beside it stays', async () => {
    const place = await both();
    for (const name of ['one', 'two', 'three']) await place.insert({ name });
    await place.migrate('--disable-source');
    await place.rows('CREATE TABLE pga2timetable.mine (x int)');
    assert.equal((await place.undo('--job', 'one')).code, 0);
    assert.deepEqual(await names(place), [{ name: 'three @ nightly' }, { name: 'two @ nightly' }]);
    assert.deepEqual(await enabled(place), [
      { name: 'one', enabled: true },
      { name: 'two', enabled: false },
      { name: 'three', enabled: false },
    ]);
    assert.equal(await recordOf(place), 'pga2timetable.job');
    const rest = await place.undo();
    assert.match(rest.stdout, /2 jobs, 2 chains removed, 2 jobs enabled in pgAgent\.\n$/);
    assert.equal(await recordOf(place), null);
    assert.equal(await place.value(`SELECT to_regclass('pga2timetable.mine')::text`), 'pga2timetable.mine');
    assert.equal((await place.migrate('--disable-source')).code, 0, 'and all of it can be done again');
  });

  test('a job that was edited, renamed, enabled by hand or deleted since is met as it is now', async () => {
    const place = await both();
    for (const name of ['edited', 'renamed', 'enabled', 'deleted']) await place.insert({ name });
    await place.migrate('--disable-source');
    await server.run(
      place.name,
      `UPDATE pgagent.pga_schedule SET jscminutes[16] = true, jscminutes[1] = false WHERE jscjobid = 1;
     UPDATE pgagent.pga_job SET jobname = 'new name', jobchanged = now() WHERE jobid = 2;
     UPDATE pgagent.pga_job SET jobenabled = true, jobnextrun = '2099-01-01 00:00+00' WHERE jobid = 3;
     DELETE FROM pgagent.pga_job WHERE jobid = 4`,
    );
    const { code, stdout } = await place.undo('--format', 'json');
    assert.equal(code, 0);
    const { jobs, missed } = undoSchema.parse(JSON.parse(stdout));
    assert.deepEqual(
      jobs.map(({ jobId, jobName, job, nextRun }) => [jobId, jobName, job, nextRun?.slice(11) ?? null]),
      [
        [1, 'edited', 'enabled', '02:15:00+00:00'],
        [2, 'renamed', 'enabled', '02:00:00+00:00'],
        [3, 'enabled', 'as-it-is', null],
        [4, 'deleted', 'gone', null],
      ],
    );
    assert.ok(Array.isArray(missed));
    assert.deepEqual(
      await place.rows(
        `SELECT jobname AS name, jobenabled AS enabled, (jobnextrun AT TIME ZONE 'UTC')::time::text AS next FROM pgagent.pga_job ORDER BY jobid`,
      ),
      [
        { name: 'edited', enabled: true, next: '02:15:00' },
        { name: 'new name', enabled: true, next: '02:00:00' },
        { name: 'enabled', enabled: true, next: '00:00:00' },
      ],
    );
    assert.deepEqual(await names(place), []);
  });

  test('undo of a cutover that is unfinished enables its jobs, and names the minutes that nobody ran', async () => {
    const place = await both();
    await place.insert({ name: 'half', schedules: [{ name: 'nightly' }] });
    await place.insert({ name: 'not disabled yet' });
    await place.migrate('--disable-source');
    await server.run(
      place.name,
      `UPDATE timetable.chain SET live = false;
     UPDATE pgagent.pga_job SET jobchanged = now() - interval '3 minutes' WHERE jobid = 1;
     UPDATE pgagent.pga_job SET jobenabled = true, jobnextrun = '2099-01-01' WHERE jobid = 2;
     UPDATE pga2timetable.job SET phase = 'cutting-over', disabled_at = (SELECT jobchanged FROM pgagent.pga_job WHERE jobid = 1);
     UPDATE pga2timetable.job SET disabled_at = NULL WHERE job_id = 2`,
    );
    const { code, stdout } = await place.undo('--format', 'json');
    assert.equal(code, 0);
    const { jobs, missed } = undoSchema.parse(JSON.parse(stdout));
    assert.deepEqual(
      jobs.map(({ job }) => job),
      ['enabled', 'as-it-is'],
    );
    // Disabled in minute 0 and given back in minute 3, which pgAgent runs late: no client was ever there.
    assert.ok(missed.length === 2 || missed.length === 3, JSON.stringify(missed));
    assert.ok(missed.every(({ isCertain, jobIds }) => isCertain && jobIds.join() === '1'));
  });
});

test('what was overdue at the cutover and never ran is named, for certain only to a user who may read the log', async () => {
  const place = await both();
  await place.insert({ name: 'overdue' });
  await server.run(
    place.name,
    `CREATE ROLE clerk LOGIN;
     GRANT CREATE ON DATABASE ${place.name} TO clerk;
     GRANT USAGE ON SCHEMA pgagent, timetable TO clerk;
     GRANT USAGE ON ALL SEQUENCES IN SCHEMA timetable TO clerk;
     GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pgagent, timetable TO clerk;
     UPDATE pgagent.pga_job SET jobnextrun = '2026-01-02 03:04:05+00'`,
  );
  const run = (...args: readonly string[]): ReturnType<Both['run']> =>
    pga2timetable([...args, '-s', server.uri(place.name, 'clerk')]);
  for (const isCertain of [true, false]) {
    if (!isCertain) await place.rows('REVOKE SELECT ON timetable.execution_log, timetable.log FROM clerk');
    await place.rows(`UPDATE pgagent.pga_job SET jobnextrun = '2026-01-02 03:04:05+00'`);
    const moved = await run('--disable-source', '--without-client');
    assert.equal(moved.code, 0, moved.stderr);
    const { code, stdout, stderr } = await run('undo', '--format', 'json');
    assert.equal(code, 0, stderr);
    assert.deepEqual(undoSchema.parse(JSON.parse(stdout)).missed[0], {
      ...{ minute: '2026-01-02T03:04:00+00:00', isCertain, jobIds: [1] },
    });
  }
});

describe('taking many chains out', () => {
  // So many that an index is cheaper than a look through all pages.
  const JOBS = 500;

  async function many(name: string): Promise<Both> {
    const place = await Both.create(server, name);
    await place.rows(
      `INSERT INTO pgagent.pga_job (jobjclid, jobname) SELECT 1, 'job ' || n FROM generate_series(1, ${JOBS}) n;
       INSERT INTO pgagent.pga_jobstep (jstjobid, jstname, jstkind, jstcode, jstdbname)
       SELECT jobid, 'step ' || n, 's', 'SELECT ' || repeat('1', 300), '${name}' FROM pgagent.pga_job, generate_series(1, 3) n;
       INSERT INTO pgagent.pga_schedule (jscjobid, jscname, jscstart, jscminutes, jschours)
       SELECT jobid, 's', '2020-01-01', ARRAY(SELECT m = 0 FROM generate_series(0, 59) m), ARRAY(SELECT h = 2 FROM generate_series(0, 23) h)
         FROM pgagent.pga_job`,
    );
    const moved = await place.migrate();
    assert.equal(moved.code, 0, moved.stderr);
    return place;
  }

  /** How often the server read all of timetable.task, and all of its indexes. */
  async function scans(place: Both): Promise<number> {
    await place.rows('SELECT pg_stat_force_next_flush()');
    return place.value(
      `SELECT seq_scan::int FROM pg_stat_user_tables WHERE relid = 'timetable.task'::regclass`,
    );
  }
  const indexes = (place: Both): Promise<readonly unknown[]> =>
    place.rows(`SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = 'timetable.task'::regclass`);

  test('reads the tasks a few times, not once a chain, and leaves no index', async () => {
    const place = await many('many_chains');
    const [before, own] = [await scans(place), await indexes(place)];
    const { code, stderr } = await place.undo();
    assert.equal(code, 0, stderr);
    assert.equal(await place.value('SELECT count(*)::int FROM timetable.task'), 0);
    const read = (await scans(place)) - before;
    assert.ok(read < 30, `${read} times for ${JOBS} chains`);
    assert.deepEqual(await indexes(place), own);
  });

  test('goes without the index where another chain holds the table, or the user is not its owner', async () => {
    const place = await many('busy_tasks');
    const own = await indexes(place);
    const chain = await server.connect('busy_tasks');
    await chain.query('BEGIN; SELECT FROM timetable.task LIMIT 1');
    const { code, stderr } = await place.undo();
    await chain.query('ROLLBACK');
    await chain.end();
    assert.equal(code, 0, stderr);
    assert.equal(await place.value('SELECT count(*)::int FROM timetable.chain'), 0);
    assert.deepEqual(await indexes(place), own);
  });
});
