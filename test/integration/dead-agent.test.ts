import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { planSchema } from '../../src/model/plan.ts';
import { undoSchema } from '../../src/model/undo-result.ts';
import { StandInClient } from '../engine/stand-in.ts';
import { until } from '../pgagent/real.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { Both } from './both-schemas.ts';

const DUE = '2026-01-02T03:04:00+00:00';
/** Of a session that ended before it could be looked at. */
const DEAD = -7;

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

let databases = 0;
async function both(): Promise<Both> {
  const place = await Both.create(server, `dead_${++databases}`);
  await place.rows('CREATE TABLE public.ran (job text)');
  await place.rows(`INSERT INTO pgagent.pga_jobagent (jagpid, jagstation) VALUES (${DEAD}, 'gone')`);
  return place;
}

const NOTES = (name: string): string => `INSERT INTO public.ran (job) VALUES ('${name}')`;

/** A job that was due, as an agent leaves it that dies when it has begun so many steps and ended so many. */
async function leave(
  place: Both,
  name: string,
  begun: number,
  ended: number,
  code = NOTES(name),
): Promise<number> {
  const steps = ['a', 'b'].map((step) => ({ name: step, code }));
  const jobId = await place.insert({ name, steps });
  await place.rows(
    `UPDATE pgagent.pga_job SET jobnextrun = '${DUE}', joblastrun = '${DUE}', jobagentid = ${DEAD} WHERE jobid = ${jobId};
     INSERT INTO pgagent.pga_joblog (jlgjobid, jlgstart, jlgstatus) VALUES (${jobId}, '${DUE}', 'r');
     INSERT INTO pgagent.pga_jobsteplog (jsljlgid, jsljstid, jslstart, jslstatus)
     SELECT max(jlgid), jstid, '${DUE}', CASE WHEN place <= ${ended} THEN 's' ELSE 'r' END
       FROM pgagent.pga_joblog,
            (SELECT jstid, row_number() OVER (ORDER BY jstname) AS place FROM pgagent.pga_jobstep WHERE jstjobid = ${jobId}) step
      WHERE place <= ${begun}
      GROUP BY jstid, place`,
  );
  return jobId;
}

const firstStep = (place: Both, jobId: number): Promise<number> =>
  place.value(`SELECT min(jstid) FROM pgagent.pga_jobstep WHERE jstjobid = ${jobId}`);
const cutover = (...more: readonly string[]): readonly string[] => [
  ...['--disable-source', '--run-overdue', '--client-name', '=w1', ...more],
];
const squeezed = (text: string): string => text.replaceAll(/\s+/g, ' ');

describe('jobs that a dead agent has left behind', { concurrency: 2 }, () => {
  test('--run-overdue starts those of which no step was begun, and says of the others that they may have completed', async () => {
    const place = await both();
    const [cut, between, untouched] = [
      await leave(place, 'cut', 1, 0),
      await leave(place, 'between', 1, 1),
      await leave(place, 'untouched', 0, 0),
    ];
    const step = await firstStep(place, cut);
    const client = await StandInClient.connect(server, place.name, 'w1');
    try {
      const told = await place.migrate(...cutover('--format', 'json'));
      assert.equal(told.code, 0, told.stderr);
      const gone = `the agent that took it (process ${DEAD}) is not connected any more`;
      const { overdue, stuck } = planSchema.parse(JSON.parse(told.stdout)).cutover ?? {};
      assert.deepEqual(overdue, [
        { jobId: cut, dueSince: DUE, isStarted: false, mayHaveRun: true },
        { jobId: between, dueSince: DUE, isStarted: false, mayHaveRun: true },
        { jobId: untouched, dueSince: DUE, isStarted: true, mayHaveRun: false },
      ]);
      assert.deepEqual(stuck, [
        { jobId: cut, why: `${gone}; step ${step} was cut off and may have completed` },
        { jobId: between, why: `${gone}; it had begun 1 step and may have completed` },
        { jobId: untouched, why: gone },
      ]);
      // The two steps of one job.
      await until(async () => (await place.value<number>('SELECT count(*)::int FROM public.ran')) === 2);
      await sleep(500);
      assert.deepEqual(await place.rows('SELECT DISTINCT job FROM public.ran'), [{ job: 'untouched' }]);
    } finally {
      await client.stop();
    }
  });

  test('the report says it in words', async () => {
    const place = await both();
    const jobId = await leave(place, 'cut', 2, 1);
    const { code, stdout } = await place.migrate('--disable-source');
    assert.equal(code, 0);
    assert.ok(
      squeezed(stdout).includes(
        `Job ${jobId} was overdue since ${DUE}: pgAgent had begun it and not ended it. It may have completed, so its chain was not started. Check pgagent.pga_jobsteplog.`,
      ),
      stdout,
    );
    assert.doesNotMatch(stdout, /pgAgent had not run it/);
  });

  test('a batch may still run out of sight', async () => {
    const place = await both();
    const jobId = await leave(place, 'far', 1, 0);
    await place.rows(
      `UPDATE pgagent.pga_jobstep SET jstkind = 'b', jstcode = 'true', jstdbname = '' WHERE jstjobid = ${jobId}`,
    );
    const { code, stdout } = await place.migrate('--disable-source');
    assert.equal(code, 0);
    const step = await firstStep(place, jobId);
    assert.match(
      squeezed(stdout),
      new RegExp(`step ${step} was cut off and may have completed, or still run\\.`),
    );
  });

  test('while a session of any database still runs the step, the job counts as running', async () => {
    const place = await both();
    // Longer than the 1,023 bytes that a session shows of its text, where three of a character's four find no room.
    const code = `SELECT pg_sleep(60),   '${'\u{1F550}'.repeat(400)}'`;
    const jobId = await leave(place, 'orphaned', 1, 0, code);
    const step = await firstStep(place, jobId);
    const orphan = await server.connect('postgres');
    const { rows } = await orphan.query('SELECT pg_backend_pid() AS pid');
    const ended = orphan.query(code).catch(() => null);
    const before = await place.snapshot();
    const waited = await place.migrate('--disable-source', '--wait', '1');
    assert.equal(waited.code, 3, waited.stdout);
    assert.equal(
      squeezed(waited.stderr.slice(waited.stderr.indexOf('pga2timetable: '))),
      `pga2timetable: The agent of job ${jobId} "orphaned" is gone, and process ${rows[0].pid} still runs its step ${step}, after waiting for 1 s. ` +
        `Run this again when it has ended, or wait longer: --wait. To end it on the source: SELECT pg_terminate_backend(${rows[0].pid}); `,
    );
    assert.deepEqual(await place.snapshot(), before);
    await place.rows(`SELECT pg_cancel_backend(${rows[0].pid})`);
    await ended;
    await orphan.end();
    const done = await place.migrate('--disable-source', '--wait', '1');
    assert.equal(done.code, 0, done.stderr);
  });

  test('a session whose text only begins like the step, or that was at it before, is another one', async () => {
    const place = await both();
    const jobId = await leave(place, 'cut', 1, 0, 'SELECT pg_sleep(60); SELECT 1');
    const other = await server.connect(place.name);
    const ended = other.query('SELECT pg_sleep(60)').catch(() => null);
    const same = await server.connect(place.name);
    const endedToo = same.query('SELECT pg_sleep(60); SELECT 1').catch(() => null);
    await until(
      async () =>
        (await place.value<number>(
          "SELECT count(*)::int FROM pg_stat_activity WHERE state = 'active' AND query ~ '^SELECT pg_sleep'",
        )) >= 2,
    );
    await place.rows(
      `UPDATE pgagent.pga_jobsteplog SET jslstart = clock_timestamp() WHERE jsljstid = ${await firstStep(place, jobId)}`,
    );
    const done = await place.migrate('--disable-source', '--wait', '1');
    assert.equal(done.code, 0, done.stderr);
    await place.rows(
      `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query ~ '^SELECT pg_sleep'`,
    );
    await Promise.all([ended, endedToo]);
    for (const session of [other, same]) await session.end();
  });

  for (const status of ['r', 'd'])
    test(`a cutover that goes on later does not start it either, its log at ${status}`, async () => {
      const place = await both();
      const [cut, untouched] = [await leave(place, 'cut', 1, 0), await leave(place, 'untouched', 0, 0)];
      assert.equal((await place.migrate('--disable-source', '--client-name', '=w1')).code, 0);
      // As it stands between the two commits; an agent that has started since has set the log to d.
      await place.rows(
        `UPDATE timetable.chain SET live = false;
         UPDATE pga2timetable.job SET phase = 'cutting-over';
         UPDATE pgagent.pga_joblog SET jlgstatus = '${status}'; UPDATE pgagent.pga_jobsteplog SET jslstatus = '${status}'`,
      );
      const client = await StandInClient.connect(server, place.name, 'w1');
      try {
        const told = await place.migrate(...cutover('--format', 'json'));
        assert.equal(told.code, 0, told.stderr);
        assert.deepEqual(planSchema.parse(JSON.parse(told.stdout)).cutover?.overdue, [
          { jobId: cut, dueSince: DUE, isStarted: false, mayHaveRun: true },
          { jobId: untouched, dueSince: DUE, isStarted: true, mayHaveRun: false },
        ]);
      } finally {
        await client.stop();
      }
    });

  test('undo says that pgAgent does not run them, and its statement frees them', async () => {
    const place = await both();
    const jobId = await leave(place, 'cut', 1, 0);
    await place.insert({ name: 'at rest' });
    assert.equal((await place.migrate('--disable-source')).code, 0);
    const step = await firstStep(place, jobId);
    const why = `the agent that took it (process ${DEAD}) is not connected any more; step ${step} was cut off and may have completed`;
    const free = `UPDATE pgagent.pga_job SET jobagentid = NULL WHERE jobid = ${jobId} AND jobagentid = ${DEAD};`;
    const dry = await place.undo('--dry-run', '--format', 'json');
    const [held, atRest] = undoSchema.parse(JSON.parse(dry.stdout)).jobs;
    assert.deepEqual([held?.job, held?.nextRun, held?.held], ['enabled', null, { why, free }]);
    assert.deepEqual([atRest?.nextRun === null, atRest?.held], [false, null]);
    const done = await place.undo();
    assert.equal(done.code, 0, done.stderr);
    assert.ok(
      squeezed(done.stdout).includes(
        `job ${jobId} "cut": enabled again, but pgAgent does not run it: ${why} To free it on the source: ${free}`,
      ),
      done.stdout,
    );
    const looked = `SELECT count(*)::int FROM pgagent.pga_job WHERE jobenabled AND jobagentid IS NULL AND jobnextrun > now() AND jobid = ${jobId}`;
    assert.equal(await place.value(looked), 0);
    await place.rows(free);
    assert.equal(await place.value(looked), 1);
  });

  test('undo says so too while a session still runs the step, and where the agent lives and could not let the job go', async () => {
    const place = await both();
    const code = 'SELECT pg_sleep(60), 17';
    const [orphaned, stuck, running] = [
      await leave(place, 'orphaned', 1, 0, code),
      await leave(place, 'on the 31st', 2, 2),
      await leave(place, 'at it', 1, 0),
    ];
    assert.equal((await place.migrate('--disable-source')).code, 0);
    const orphan = await server.connect(place.name);
    const agent = await server.connect(place.name);
    const pidOf = async (session: pg.Client): Promise<number> =>
      (await session.query('SELECT pg_backend_pid() AS pid')).rows[0].pid;
    const [orphanPid, agentPid] = [await pidOf(orphan), await pidOf(agent)];
    const ended = orphan.query(code).catch(() => null);
    await place.rows(
      `INSERT INTO pgagent.pga_jobagent (jagpid, jagstation) VALUES (${agentPid}, 'here');
       UPDATE pgagent.pga_job SET jobagentid = ${agentPid} WHERE jobid IN (${stuck}, ${running})`,
    );
    const done = await place.undo('--format', 'json');
    assert.equal(done.code, 0, done.stderr);
    const free = (jobId: number, agentId: number): string =>
      `UPDATE pgagent.pga_job SET jobagentid = NULL WHERE jobid = ${jobId} AND jobagentid = ${agentId};`;
    assert.deepEqual(
      undoSchema.parse(JSON.parse(done.stdout)).jobs.map(({ held }) => held),
      [
        {
          why: `the agent that took it (process ${DEAD}) is not connected any more, and process ${orphanPid} still runs its step ${await firstStep(place, orphaned)}`,
          free: free(orphaned, DEAD),
        },
        {
          why: 'the agent on "here" has run it and could not let it go, as on the 31st',
          free: free(stuck, agentPid),
        },
        null,
      ],
    );
    await place.rows(`SELECT pg_cancel_backend(${orphanPid})`);
    await ended;
    for (const session of [orphan, agent]) await session.end();
  });
});
