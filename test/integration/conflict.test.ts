import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Server, startServer } from '../servers/postgres.ts';
import { Both } from './both-schemas.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

let databases = 0;
const both = (): Promise<Both> => Both.create(server, `both_${++databases}`);

const chain = (job: string): string => `chain_name = '${job} @ nightly'`;
const task = (job: string): string =>
  `task_order = 10 AND chain_id = (SELECT chain_id FROM timetable.chain WHERE ${chain(job)})`;

/** What somebody may do to a chain, column by column: each is named by its column. */
const BY_HAND: Readonly<Record<string, string>> = {
  chain_name: `UPDATE timetable.chain SET chain_name = 'mine' WHERE ${chain('chain_name')}`,
  run_at: `UPDATE timetable.chain SET run_at = '1 2 * * *' WHERE ${chain('run_at')}`,
  max_instances: `UPDATE timetable.chain SET max_instances = 2 WHERE ${chain('max_instances')}`,
  'chain.timeout': `UPDATE timetable.chain SET timeout = 1000 WHERE ${chain('chain.timeout')}`,
  self_destruct: `UPDATE timetable.chain SET self_destruct = true WHERE ${chain('self_destruct')}`,
  exclusive_execution: `UPDATE timetable.chain SET exclusive_execution = true WHERE ${chain('exclusive_execution')}`,
  client_name: `UPDATE timetable.chain SET client_name = 'w1' WHERE ${chain('client_name')}`,
  on_error: `UPDATE timetable.chain SET on_error = 'SELECT 1' WHERE ${chain('on_error')}`,
  task_order: `UPDATE timetable.task SET task_order = 11 WHERE ${task('task_order')}`,
  task_name: `UPDATE timetable.task SET task_name = 'b' WHERE ${task('task_name')}`,
  kind: `UPDATE timetable.task SET kind = 'PROGRAM' WHERE ${task('kind')}`,
  command: `UPDATE timetable.task SET command = 'SELECT 2' WHERE ${task('command')}`,
  run_as: `UPDATE timetable.task SET run_as = 'postgres' WHERE ${task('run_as')}`,
  database_connection: `UPDATE timetable.task SET database_connection = 'dbname=x' WHERE ${task('database_connection')}`,
  ignore_error: `UPDATE timetable.task SET ignore_error = true WHERE ${task('ignore_error')}`,
  autonomous: `UPDATE timetable.task SET autonomous = false WHERE ${task('autonomous')}`,
  'task.timeout': `UPDATE timetable.task SET timeout = 1000 WHERE ${task('task.timeout')}`,
  'task.live': `UPDATE timetable.task SET live = false WHERE ${task('task.live')}`,
  'a parameter more': `INSERT INTO timetable.parameter (task_id, order_id, value) SELECT task_id, 1, '1' FROM timetable.task WHERE ${task('a parameter more')}`,
  'a task more': `INSERT INTO timetable.task (chain_id, task_order, command) SELECT chain_id, 99, 'SELECT 3' FROM timetable.chain WHERE ${chain('a task more')}`,
  'a task less': `DELETE FROM timetable.task WHERE ${task('a task less')}`,
  'parameter value': `UPDATE timetable.parameter SET value = '["-c", "false"]' WHERE task_id = (SELECT task_id FROM timetable.task WHERE ${task('parameter value')})`,
  'parameter order': `UPDATE timetable.parameter SET order_id = 2 WHERE task_id = (SELECT task_id FROM timetable.task WHERE ${task('parameter order')})`,
  'a parameter less': `DELETE FROM timetable.parameter WHERE task_id = (SELECT task_id FROM timetable.task WHERE ${task('a parameter less')})`,
};
const GONE = `DELETE FROM timetable.chain WHERE ${chain('gone')}`;
const OFF = `UPDATE timetable.chain SET live = false WHERE ${chain('switched off')}`;

// Most of the time goes into starting the program.
describe('chains that the target has already', { concurrency: 2 }, () => {
  test('every column that somebody may change by hand is found, named, and never lost without --force', async () => {
    const place = await both();
    for (const name of [...Object.keys(BY_HAND), 'gone', 'switched off', 'left alone']) {
      const steps = /parameter (?:value|order|less)/.test(name)
        ? [{ name: 'a', kind: 'b' as const, code: 'true' }]
        : [{ name: 'a', code: 'SELECT 1' }];
      await place.insert({ name, steps });
    }
    assert.equal((await place.migrate()).code, 0);
    await server.run(place.name, [...Object.values(BY_HAND), GONE, OFF].join(';\n'));
    const changed = await place.snapshot();
    const actions = await place.actions();
    assert.deepEqual(actions, {
      ...Object.fromEntries(Object.keys(BY_HAND).map((name) => [name, 'conflict'])),
      gone: 'conflict',
      'switched off': 'conflict',
      'left alone': 'keep',
    });

    const stopped = await place.migrate();
    assert.equal(stopped.code, 4);
    assert.match(stopped.stderr, /job 2 "run_at": "run_at @ nightly" was changed by hand;/);
    assert.match(
      stopped.stderr,
      /Nothing was written\.\n {2}To keep them: --on-conflict skip\. To replace them: --on-conflict replace --force \(changes by hand are lost\)/,
    );
    const few = ['--job', 'gone', '--job', 'switched off', '--job', 'left alone'];
    const named = await place.migrate(...few);
    assert.match(
      named.stderr,
      /"gone": "gone @ nightly" is gone; job \d+ "switched off": "switched off @ nightly" was switched off by hand\./,
    );
    assert.doesNotMatch(named.stderr, /left alone @/);

    const replace = await place.migrate('--on-conflict', 'replace');
    assert.equal(replace.code, 4, 'not without --force');
    const skip = await place.migrate('--on-conflict', 'skip');
    assert.equal(skip.code, 6);
    assert.match(skip.stdout, /27 jobs: 1 to move|27 jobs: 1 moved/);
    assert.match(
      skip.stdout,
      /26 jobs skipped, as asked for .* 1 job there already, as planned\. Nothing was written\.\n$/,
    );
    assert.deepEqual(await place.snapshot(), changed, 'not a row was touched by any of these');

    const forced = await place.migrate('--on-conflict', 'replace', '--force');
    assert.equal(forced.code, 0);
    assert.match(
      forced.stdout,
      /26 jobs of these replaced\. 1 job there already, as planned\. All of it was written\.\n$/,
    );
    assert.deepEqual([...new Set(Object.values(await place.actions()))], ['keep']);
    const chains = await place.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM timetable.chain WHERE live AND chain_name LIKE '% @ nightly' AND run_at = '0 2 * * *'`,
    );
    assert.deepEqual(chains, [{ n: 27 }]);
  });

  describe('a job that was edited in pgAgent since', () => {
    test('is a conflict by name, schedule and step; --on-conflict replace makes it anew without force', async () => {
      const place = await both();
      for (const name of ['old name', 'schedule', 'step', 'same'])
        await place.insert({ name, description: 'd' });
      const foreign = await place.value<string>(
        `INSERT INTO timetable.chain (chain_name, live) VALUES ('somebody''s', true) RETURNING chain_id`,
      );
      await place.migrate();
      await server.run(
        place.name,
        `UPDATE pgagent.pga_job SET jobname = 'new name' WHERE jobname = 'old name';
       UPDATE pgagent.pga_schedule SET jschours[4] = true WHERE jscjobid = 2;
       UPDATE pgagent.pga_jobstep SET jstcode = 'SELECT 2' WHERE jstjobid = 3;
       UPDATE pgagent.pga_job SET jobdesc = 'what is only told changes no chain' WHERE jobid = 4`,
      );
      const before = await place.snapshot();
      const stopped = await place.migrate();
      assert.equal(stopped.code, 4);
      assert.match(
        stopped.stderr,
        /job 1 "new name": the job or the options changed since "old name @ nightly" was written; job 2 .*; job 3 [^;]*\. Nothing was written\.\n {2}To replace them: --on-conflict replace\. To keep them: --on-conflict skip\.\n/,
      );
      assert.equal((await place.migrate('--on-conflict', 'skip')).code, 6);
      assert.deepEqual(await place.snapshot(), before);
      assert.equal((await place.migrate('--on-conflict', 'replace')).code, 0);
      assert.deepEqual(
        await place.rows(`SELECT chain_name AS name, run_at AS at FROM timetable.chain ORDER BY 1`),
        [
          { name: 'new name @ nightly', at: '0 2 * * *' },
          { name: 'same @ nightly', at: '0 2 * * *' },
          { name: 'schedule @ nightly', at: '0 2,3 * * *' },
          { name: "somebody's", at: null },
          { name: 'step @ nightly', at: '0 2 * * *' },
        ],
      );
      assert.equal(
        await place.value(`SELECT chain_id FROM timetable.chain WHERE chain_name = 'somebody''s'`),
        foreign,
      );
      assert.equal((await place.migrate()).code, 0, 'and now it is as planned');
    });

    test('that would now be left out keeps its chains: undo is the way, whatever --on-conflict says', async () => {
      const place = await both();
      await place.insert({ name: 'held' });
      await place.migrate();
      await server.run(
        place.name,
        `UPDATE pgagent.pga_jobstep SET jstcode = 'DELETE FROM pgagent.pga_joblog'`,
      );
      const before = await place.snapshot();
      for (const args of [[], ['--on-conflict', 'replace'], ['--on-conflict', 'replace', '--force']]) {
        const { code, stderr } = await place.migrate(...args);
        assert.equal(code, 4, args.join(' '));
        assert.match(
          stderr,
          /"held": its chains of an earlier run would have no successor; .*\n {2}To remove them: pga2timetable undo\. To keep them: --on-conflict skip\.\n$/,
        );
      }
      assert.deepEqual(await place.snapshot(), before);
    });
  });

  test('an option that changes what chains do is a conflict, one that does not is none', async () => {
    const place = await both();
    await place.insert({ name: 'one' });
    await place.migrate();
    assert.deepEqual(await place.actions('--client-name', '=w1'), { one: 'conflict' });
    assert.deepEqual(await place.actions('--transaction', 'chain'), { one: 'conflict' });
    assert.deepEqual(await place.actions('--shell', 'bash'), { one: 'keep' }, 'there is no batch step');
    assert.deepEqual(await place.actions('--wait', '0', '--verbose'), { one: 'keep' });
  });

  test('a chain of that name that the tool did not make is left alone, unless by force; so are records of another source', async () => {
    const place = await both();
    await place.insert({ name: 'mine' });
    await server.run(
      place.name,
      `INSERT INTO timetable.chain (chain_name, run_at) VALUES ('mine @ nightly', '5 5 * * *')`,
    );
    const before = await place.snapshot();
    const taken =
      /job 1 "mine": "mine @ nightly" is a chain that this tool did not make for it\. Nothing was written\./;
    for (const args of [[], ['--on-conflict', 'replace']]) {
      const { code, stderr } = await place.migrate(...args);
      assert.equal(code, 4);
      assert.match(stderr, taken);
    }
    assert.equal((await place.migrate('--on-conflict', 'skip')).code, 6);
    const timetable = (await place.snapshot()).filter((line) => !/^pga2timetable/.test(line));
    assert.deepEqual(timetable, before, 'a skipped chain is not touched');
    assert.equal((await place.migrate('--on-conflict', 'replace', '--force')).code, 0);
    assert.deepEqual(await place.rows('SELECT run_at AS at FROM timetable.chain'), [{ at: '0 2 * * *' }]);

    const other = await Both.create(server, 'another_source');
    await other.insert({ name: 'mine', steps: [{ name: 'a', code: 'true', kind: 'b' }] });
    const target = ['--target', server.uri(place.name)];
    const sourced = await other.migrate(...target);
    assert.equal(sourced.code, 4, 'another source’s job of that id and name is another job');
    assert.match(
      sourced.stderr,
      /job 1 "mine": "mine @ nightly" is a chain that this tool made for another source\. Nothing was written\./,
    );
    await other.rows(`UPDATE pgagent.pga_job SET jobname = 'yours'`);
    assert.equal((await other.migrate(...target)).code, 0);
    assert.deepEqual(
      await place.rows('SELECT job_id AS job, job_name AS name FROM pga2timetable.job ORDER BY 2'),
      [
        { job: 1, name: 'mine' },
        { job: 1, name: 'yours' },
      ],
    );
    assert.equal((await other.undo(...target)).code, 0);
    assert.deepEqual(await place.rows('SELECT job_name AS name FROM pga2timetable.job'), [{ name: 'mine' }]);
    assert.equal((await place.migrate()).code, 0, 'the first source’s is as planned all the while');
  });

  test('a second identical run changes nothing, before the cutover, with it and behind it', async () => {
    const place = await both();
    await place.insert({ name: 'one' });
    await place.insert({ name: 'off', enabled: false });
    await place.insert({
      name: 'half',
      steps: [
        { name: 'a', code: 'DELETE FROM pgagent.pga_joblog' },
        { name: 'b', code: 'SELECT 1' },
      ],
    });
    const nothing = /2 jobs there already, as planned\. Nothing was written\.\n$/;
    const written = (): Promise<readonly string[]> => place.snapshot();
    assert.equal((await place.migrate()).code, 6);
    let before = await written();
    const second = await place.migrate();
    assert.equal(second.code, 6);
    assert.match(second.stdout, nothing);
    assert.deepEqual(await written(), before);
    const cutover = await place.migrate('--disable-source');
    assert.match(
      cutover.stdout,
      /1 job of these switched on or off, or handed over\. All of it was written\.\n$/,
    );
    before = await written();
    for (const args of [['--disable-source'], []]) {
      const again = await place.migrate(...args);
      assert.equal(again.code, 6);
      assert.match(again.stdout, nothing);
      assert.doesNotMatch(again.stderr, /still-enabled/);
      assert.deepEqual(await written(), before, args.join());
    }
  });

  test('--paused first and then without: the chains go live, their ids stay; and back', async () => {
    const place = await both();
    await place.insert({ name: 'one' });
    await place.migrate('--paused');
    const state = () =>
      place.rows<{ id: string; live: boolean }>('SELECT chain_id AS id, live FROM timetable.chain');
    assert.deepEqual(await state(), [{ id: '1', live: false }]);
    const live = await place.migrate();
    assert.equal(live.code, 0);
    assert.match(
      live.stdout,
      /1 job of these switched on or off, or handed over\. All of it was written\.\n$/,
    );
    assert.deepEqual(await state(), [{ id: '1', live: true }]);
    assert.equal((await place.migrate('--paused')).code, 0);
    assert.deepEqual(await state(), [{ id: '1', live: false }]);
    await server.run(place.name, 'UPDATE timetable.chain SET live = true');
    const byHand = await place.migrate('--paused');
    assert.equal(byHand.code, 4);
    assert.match(byHand.stderr, /"one @ nightly" was switched on by hand/);
    assert.equal((await place.migrate()).code, 0, 'what was switched on by hand is what this run wants');
  });

  test('--paused behind a cutover is refused: the job would run nowhere', async () => {
    const place = await both();
    await place.insert({ name: 'one' });
    await place.migrate('--disable-source');
    const before = await place.snapshot();
    const { code, stderr } = await place.migrate('--paused');
    assert.equal(code, 3);
    assert.match(
      stderr,
      /--paused would stop the chains of a job that a cutover has disabled in pgAgent: they would run nowhere\. Nothing was written\.\n {2}Leave --paused out, or give the jobs back to pgAgent: pga2timetable undo\.\n$/,
    );
    assert.deepEqual(await place.snapshot(), before);
  });

  test('what only time has changed is no conflict: an exception that is over, a schedule that has ended or begun', async () => {
    const place = await both();
    const daily = { hours: [2], minutes: [0] };
    const day = (offset: number): string =>
      new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
    const insert = (name: string, more: object) =>
      place.insert({ name, schedules: [{ name: 'nightly', ...daily, ...more }] });
    await insert('holiday', { exceptions: [{ date: day(-3) }] });
    await insert('ended', { end: `${day(-2)} 12:00+00` });
    await insert('begun', { start: `${day(-2)} 12:00+00` });
    await place.setClock("interval '-5 days'");
    assert.equal((await place.migrate('--disable-source')).code, 0);
    const guards = await place.value<number>(
      `SELECT count(*)::int FROM timetable.task WHERE task_name = 'guard'`,
    );
    assert.equal(guards, 3);
    await place.setClock("interval '0'");
    // Behind its end a chain takes itself out of service.
    await place.rows(`UPDATE timetable.chain SET live = false WHERE ${chain('ended')}`);
    const before = await place.snapshot();
    const { code, stdout } = await place.migrate();
    assert.equal(code, 0);
    assert.match(stdout, /2 jobs there already, as planned\. Nothing was written\.\n$/);
    assert.deepEqual(await place.actions(), { holiday: 'keep', ended: 'keep', begun: 'keep' });
    assert.deepEqual(await place.snapshot(), before);
    await place.rows(`UPDATE timetable.chain SET live = false WHERE ${chain('begun')}`);
    assert.deepEqual(await place.actions(), { holiday: 'keep', ended: 'keep', begun: 'conflict' });
    assert.equal((await place.undo('--dry-run')).code, 4, 'one that never ends was switched off by hand');
  });

  test('a job that is gone from pgAgent does not hold up the others', async () => {
    const place = await both();
    await place.insert({ name: 'gone' });
    await place.insert({ name: 'there' });
    await place.migrate();
    await place.rows('DELETE FROM pgagent.pga_job WHERE jobid = 1');
    const before = await place.snapshot();
    assert.equal((await place.migrate()).code, 0);
    assert.deepEqual(await place.snapshot(), before);
    const verified = await place.verify();
    assert.equal(verified.code, 5, 'its chain belongs to no job');
    assert.match(verified.stdout, /gone @ nightly/);
  });
});
