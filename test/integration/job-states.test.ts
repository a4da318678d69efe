import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type pg from 'pg';
import { type JobState, judgeJobs, PAUSE_BETWEEN_LOOKS } from '../../src/pgagent/job-states.ts';
import { type JobsLook, lookAtJobs, type SeenJob } from '../../src/pgagent/jobs-look.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { type Server, startServer } from '../servers/postgres.ts';

const NOON = Date.UTC(2026, 2, 3, 12, 0, 20);
const AGENT = { pid: 100, station: 'here', idleSince: null };
const DUE = NOON - 20_000;
const STOPPED = { ...AGENT, idleSince: NOON - 90_001 };

const seen = (more: Partial<SeenJob> = {}): SeenJob => ({
  ...{ jobId: 1, jobName: 'job', enabled: true, hostAgent: '', agentId: null, nextRun: DUE },
  ...{ lastRun: null, isDue: false, tookThisMinute: false, run: null, ...more },
});
const taken = (run: SeenJob['run'], more: Partial<SeenJob> = {}): SeenJob =>
  seen({ agentId: AGENT.pid, lastRun: DUE, tookThisMinute: true, run, ...more });
type Step = NonNullable<NonNullable<SeenJob['run']>['runningStep']>;
const run = (begunSteps: number, stepId: number | null = null, more: Partial<Step> = {}): SeenJob['run'] => ({
  ...{ logId: 7, start: DUE + 5, begunSteps },
  runningStep:
    stepId === null
      ? null
      : { stepLogId: begunSteps, stepId, backend: null, mayBeOutOfSight: false, ...more },
});
const look = (job: SeenJob | null, more: Partial<JobsLook> = {}): JobsLook => ({
  ...{ at: NOON, agents: [AGENT], isBeingWritten: false, sequencesBehind: [] },
  jobs: new Map(job === null ? [] : [[job.jobId, job]]),
  ...more,
});
const LATER = { at: NOON + PAUSE_BETWEEN_LOOKS };

/** The part of a state that the table below is about. */
function inShort(state: JobState | undefined): string {
  if (state === undefined) return 'at rest';
  if (state.kind === 'running') return `${state.hanging ? 'hangs' : 'running'}: ${state.phase}`;
  if (state.kind === 'orphaned') return `orphaned: ${state.stepId} in ${state.backend}`;
  if (state.kind === 'stuck') return `stuck: ${state.reason.kind}`;
  if (state.kind === 'overdue')
    return `overdue: ${state.takers.join(' ')}${state.hanging ? `, ${state.hanging.pid} hangs` : ''}`;
  return state.kind;
}

interface Case {
  readonly fact: string;
  readonly first: JobsLook;
  readonly second: JobsLook;
  readonly is: string;
}

const cases: readonly Case[] = [
  {
    fact: 'a job is running whose step stands at r, however long it lasts',
    first: look(taken(run(1, 11))),
    second: look(taken(run(1, 11)), LATER),
    is: 'running: step',
  },
  {
    fact: 'a job is running that ended a step between both looks and began none',
    first: look(taken(run(1, 11))),
    second: look(taken(run(1)), LATER),
    is: 'running: between-steps-or-ending',
  },
  {
    fact: 'a job is running that began and ended steps between both looks',
    first: look(taken(run(1))),
    second: look(taken(run(2)), LATER),
    is: 'running: between-steps-or-ending',
  },
  {
    fact: 'a job is running that was taken after the first look',
    first: look(null),
    second: look(taken(null), LATER),
    is: 'running: starting',
  },
  {
    fact: 'a job is running that was taken anew between both looks',
    first: look(taken(null, { lastRun: DUE - 60_000 })),
    second: look(taken(null), LATER),
    is: 'running: starting',
  },
  {
    fact: 'a job is stuck after its run if nothing moved and no step is at r',
    first: look(taken(run(1))),
    second: look(taken(run(1)), LATER),
    is: 'stuck: after-run',
  },
  {
    fact: 'a job without a log is stuck if nothing moved',
    first: look(taken(null)),
    second: look(taken(null), LATER),
    is: 'stuck: no-log',
  },
  {
    fact: 'a job whose log came between both looks is not stuck',
    first: look(taken(null)),
    second: look(taken(run(0)), LATER),
    is: 'running: between-steps-or-ending',
  },
  {
    fact: 'no job that was let go between both looks is called running',
    first: look(taken(run(1, 11))),
    second: look(seen({ lastRun: DUE }), LATER),
    is: 'at rest',
  },
  {
    fact: 'nothing is stuck by looks that are too near to each other',
    first: look(taken(run(1))),
    second: look(taken(run(1)), { at: NOON + PAUSE_BETWEEN_LOOKS / 2 }),
    is: 'running: between-steps-or-ending',
  },
  {
    fact: 'nothing is stuck by one look taken twice',
    first: look(taken(null)),
    second: look(taken(null)),
    is: 'running: starting',
  },
  {
    fact: 'nothing is stuck while rows are in flight at the second look',
    first: look(taken(run(1))),
    second: look(taken(run(1)), { ...LATER, isBeingWritten: true }),
    is: 'running: between-steps-or-ending',
  },
  {
    fact: 'rows in flight at the first look alone do not save a stuck job',
    first: look(taken(run(1)), { isBeingWritten: true }),
    second: look(taken(run(1)), LATER),
    is: 'stuck: after-run',
  },
  {
    fact: 'a job of an agent that is not connected is stuck, by one look',
    first: look(null),
    second: look(taken(run(1, 11), { agentId: 101 })),
    is: 'stuck: dead-agent',
  },
  {
    fact: 'a job of an agent that is not connected goes on while a session runs its step',
    first: look(null),
    second: look(taken(run(1, 11, { backend: 55 }), { agentId: 101 })),
    is: 'orphaned: 11 in 55',
  },
  {
    fact: 'a job that is due waits for any agent, if no host is named',
    first: look(null),
    second: look(seen({ isDue: true })),
    is: 'overdue: here',
  },
  {
    fact: 'a job that is due waits for the agent of its host',
    first: look(null),
    second: look(seen({ isDue: true, hostAgent: 'here' })),
    is: 'overdue: here',
  },
  {
    fact: 'a job that is due on another host has nobody who takes it',
    first: look(null),
    second: look(seen({ isDue: true, hostAgent: 'HERE' })),
    is: 'overdue: ',
  },
  {
    fact: 'a job that is due without an agent has nobody who takes it',
    first: look(null),
    second: look(seen({ isDue: true }), { agents: [] }),
    is: 'overdue: ',
  },
  {
    fact: 'an agent that has been idle for a minute and a half may look for jobs once a minute',
    first: look(null),
    second: look(seen({ isDue: true }), { agents: [{ ...AGENT, idleSince: NOON - 90_000 }] }),
    is: 'overdue: here',
  },
  {
    fact: 'one that has been idle for longer hangs',
    first: look(null),
    second: look(seen({ isDue: true }), { agents: [STOPPED] }),
    is: 'overdue: here, 100 hangs',
  },
  {
    fact: 'a job waits while one of its agents does not hang',
    first: look(null),
    second: look(seen({ isDue: true }), { agents: [STOPPED, { ...AGENT, pid: 102 }] }),
    is: 'overdue: here',
  },
  {
    fact: 'an agent of another host that does not hang helps nothing',
    first: look(null),
    second: look(seen({ isDue: true, hostAgent: 'here' }), {
      agents: [STOPPED, { ...AGENT, pid: 102, station: 'there' }],
    }),
    is: 'overdue: here, 100 hangs',
  },
  {
    fact: 'a step of an agent that hangs does not go on',
    first: look(taken(run(1, 11))),
    second: look(taken(run(1, 11)), { ...LATER, agents: [STOPPED] }),
    is: 'hangs: step',
  },
  {
    fact: 'a job between two steps of an agent that hangs is not stuck: the agent may go on',
    first: look(taken(run(1))),
    second: look(taken(run(1)), { ...LATER, agents: [STOPPED] }),
    is: 'hangs: between-steps-or-ending',
  },
  {
    fact: 'a job at rest that began in this minute is named',
    first: look(null),
    second: look(seen({ tookThisMinute: true, lastRun: DUE })),
    is: 'took-this-minute',
  },
];

describe('two looks, judged', () => {
  for (const { fact, first, second, is } of cases)
    test(fact, () => assert.equal(inShort(judgeJobs(first, second)[0]), is));

  test('a stuck job says what else is known of it', () => {
    const [noLog] = judgeJobs(
      look(taken(null)),
      look(taken(null), { ...LATER, sequencesBehind: ['pga_joblog'] }),
    );
    assert.deepEqual(noLog?.kind === 'stuck' && noLog.reason, {
      kind: 'no-log',
      station: 'here',
      sequenceIsBehind: true,
    });
    const [ofSteps] = judgeJobs(
      look(taken(null)),
      look(taken(null), { ...LATER, sequencesBehind: ['pga_jobsteplog'] }),
    );
    assert.equal(
      ofSteps?.kind === 'stuck' && ofSteps.reason.kind === 'no-log' && ofSteps.reason.sequenceIsBehind,
      false,
    );
    const dead = look(taken(run(3, 12), { agentId: 101 }));
    const [abandoned] = judgeJobs(dead, dead);
    assert.deepEqual(abandoned?.kind === 'stuck' && abandoned.reason, {
      ...{ kind: 'dead-agent', agentId: 101 },
      ...{ begunSteps: 3, stepId: 12, mayStillRun: false },
    });
    const remote = look(taken(run(1, 11, { mayBeOutOfSight: true }), { agentId: 101 }));
    const [unseen] = judgeJobs(remote, remote);
    assert.equal(
      unseen?.kind === 'stuck' && unseen.reason.kind === 'dead-agent' && unseen.reason.mayStillRun,
      true,
    );
  });

  test('states come by job id', () => {
    const jobs = [30, 4, 5].map((jobId): [number, SeenJob] => [jobId, seen({ jobId, isDue: true })]);
    const found = look(null, { jobs: new Map(jobs) });
    assert.deepEqual(
      judgeJobs(found, found).map(({ jobId }) => jobId),
      [4, 5, 30],
    );
  });
});

describe('a look', () => {
  let server: Server;
  let client: pg.Client;
  const jobIds: number[] = [];
  const NAMES = ['a', 'b', 'c'];

  before(async () => {
    server = await startServer('embedded');
    await createStandInPgAgent(server, 'postgres');
    for (const name of NAMES)
      jobIds.push(await insertJob(server, 'postgres', { name, steps: [{ name: '1', code: 'SELECT 1' }] }));
    client = await server.connect('postgres');
    await client.query('SET search_path = pg_catalog');
  });
  after(async () => {
    await client.end();
    server.stop();
  });
  beforeEach(() =>
    sql(`TRUNCATE pgagent.pga_joblog CASCADE;
         UPDATE pgagent.pga_job SET jobenabled = true, jobagentid = NULL, jobnextrun = now() + interval '1 hour',
                                    joblastrun = now() - interval '1 hour', jobhostagent = '';
         DELETE FROM pgagent.pga_jobagent;
         ALTER SEQUENCE pgagent.pga_joblog_jlgid_seq RESTART; ALTER SEQUENCE pgagent.pga_jobsteplog_jslid_seq RESTART`),
  );

  const sql = (text: string) => server.run('postgres', text);
  const found = async (ids: readonly number[] | null = null): Promise<readonly string[]> =>
    [...(await lookAtJobs(client, ids)).jobs.values()].map(({ jobName }) => jobName);
  const inA = (what: string): Promise<unknown> =>
    sql(`UPDATE pgagent.pga_job SET ${what} WHERE jobname = 'a'`);
  /** An agent that is this test's own session. */
  const signIn = (): Promise<unknown> =>
    client.query("INSERT INTO pgagent.pga_jobagent (jagpid, jagstation) VALUES (pg_backend_pid(), 'here')");

  test('leaves out jobs at rest', async () => {
    assert.deepEqual(await found(), []);
  });

  test('finds an enabled job from the instant at which it is due', async () => {
    await inA("jobnextrun = now() - interval '1 millisecond'");
    assert.deepEqual(await found(), ['a']);
    await inA("jobnextrun = now() + interval '10 seconds'");
    assert.deepEqual(await found(), []);
    await inA('jobnextrun = NULL');
    assert.deepEqual(await found(), []);
    await inA("jobnextrun = now() - interval '1 hour', jobenabled = false");
    assert.deepEqual(await found(), []);
  });

  test('finds a job that began within this minute, disabled or not, and none of the last one', async () => {
    await inA("joblastrun = date_trunc('minute', now()), jobenabled = false, jobnextrun = NULL");
    const jobs = [...(await lookAtJobs(client, null)).jobs.values()];
    // The minute may have turned in between.
    if (jobs.length === 0) {
      await inA("joblastrun = date_trunc('minute', now())");
      assert.deepEqual(await found(), ['a']);
    }
    await inA("joblastrun = date_trunc('minute', now()) - interval '1 millisecond'");
    assert.deepEqual(await found(), []);
  });

  test('is of the given jobs alone', async () => {
    await sql("UPDATE pgagent.pga_job SET jobnextrun = '-infinity'");
    assert.deepEqual(await found(), NAMES);
    assert.deepEqual(await found(jobIds.slice(1)), ['b', 'c']);
    assert.deepEqual(await found([]), []);
  });

  test('counts an agent whose session is there and no younger than its row', async () => {
    await sql("INSERT INTO pgagent.pga_jobagent (jagpid, jagstation) VALUES (-5, 'gone')");
    assert.deepEqual((await lookAtJobs(client, null)).agents, []);
    await signIn();
    assert.deepEqual(
      (await lookAtJobs(client, null)).agents.map(({ station }) => station),
      ['here'],
    );
    await sql("UPDATE pgagent.pga_jobagent SET jaglogintime = now() - interval '1 day'");
    assert.deepEqual((await lookAtJobs(client, null)).agents, []);
  });

  test('reads the run that a job was taken for, and none that a crash left at r before', async () => {
    await signIn();
    await sql(`
      INSERT INTO pgagent.pga_joblog (jlgid, jlgjobid, jlgstart, jlgstatus)
      VALUES (9, ${jobIds[0]}, now() - interval '1 day', 'r')`);
    await inA(
      "jobagentid = (SELECT jagpid FROM pgagent.pga_jobagent), joblastrun = '2026-03-03 12:00:00+00'",
    );
    const ofA = async () => (await lookAtJobs(client, null)).jobs.get(jobIds[0] ?? 0);
    await sql("UPDATE pgagent.pga_joblog SET jlgstart = '2026-03-03 11:59:59.999999+00'");
    assert.equal((await ofA())?.run, null);
    await sql(`
      INSERT INTO pgagent.pga_joblog (jlgid, jlgjobid, jlgstart, jlgstatus)
      VALUES (3, ${jobIds[0]}, '2026-03-03 12:00:00+00', 'r'), (4, ${jobIds[0]}, '2026-03-03 12:00:01+00', 's');
      INSERT INTO pgagent.pga_jobsteplog (jsljlgid, jsljstid, jslstatus)
      SELECT 3, jstid, 's' FROM pgagent.pga_jobstep WHERE jstjobid = ${jobIds[0]}`);
    const start = Date.UTC(2026, 2, 3, 12);
    assert.deepEqual((await ofA())?.run, { logId: 3, start, begunSteps: 1, runningStep: null });
    assert.equal((await ofA())?.lastRun, start);
    await sql(`
      INSERT INTO pgagent.pga_jobsteplog (jslid, jsljlgid, jsljstid, jslstatus)
      SELECT 77, 3, jstid, 'r' FROM pgagent.pga_jobstep WHERE jstjobid = ${jobIds[0]}`);
    const run = (await ofA())?.run;
    assert.deepEqual([run?.begunSteps, run?.runningStep?.stepLogId], [2, 77]);
  });

  test('knows that the step of a dead agent may run out of sight', async () => {
    await sql(`
      INSERT INTO pgagent.pga_jobagent (jagpid, jagstation) VALUES (-5, 'gone');
      INSERT INTO pgagent.pga_joblog (jlgid, jlgjobid, jlgstart, jlgstatus) VALUES (3, ${jobIds[0]}, now(), 'r');
      INSERT INTO pgagent.pga_jobsteplog (jslid, jsljlgid, jsljstid, jslstatus)
      SELECT 77, 3, jstid, 'r' FROM pgagent.pga_jobstep WHERE jstjobid = ${jobIds[0]}`);
    await inA('jobagentid = -5');
    const isOutOfSight = async () =>
      (await lookAtJobs(client, null)).jobs.get(jobIds[0] ?? 0)?.run?.runningStep?.mayBeOutOfSight;
    assert.equal(await isOutOfSight(), false);
    await sql('CREATE ROLE blind; GRANT USAGE ON SCHEMA pgagent TO blind');
    await sql('GRANT SELECT ON ALL TABLES IN SCHEMA pgagent TO blind');
    await client.query('SET ROLE blind');
    assert.equal(await isOutOfSight(), true, 'a session of another role does not show what it runs');
    await client.query('RESET ROLE');
    await sql("UPDATE pgagent.pga_jobstep SET jstconnstr = 'host=elsewhere'");
    assert.equal(await isOutOfSight(), true);
    await sql("UPDATE pgagent.pga_jobstep SET jstconnstr = ''");
  });

  test('finds a sequence behind its table up to the id that it gives next', async () => {
    const behind = async () => (await lookAtJobs(client, null)).sequencesBehind;
    assert.deepEqual(await behind(), []);
    await sql(`INSERT INTO pgagent.pga_joblog (jlgid, jlgjobid) VALUES (1, ${jobIds[0]})`);
    assert.deepEqual(await behind(), ['pga_joblog']);
    await sql("SELECT setval('pgagent.pga_joblog_jlgid_seq', 1)");
    assert.deepEqual(await behind(), []);
    await sql('UPDATE pgagent.pga_joblog SET jlgid = 2');
    assert.deepEqual(await behind(), ['pga_joblog']);
    await sql(`
      INSERT INTO pgagent.pga_jobsteplog (jslid, jsljlgid, jsljstid) SELECT 1, 2, min(jstid) FROM pgagent.pga_jobstep`);
    assert.deepEqual(await behind(), ['pga_joblog', 'pga_jobsteplog']);
  });

  test('sees that another session is writing, not that one is reading', async () => {
    const busy = async () => (await lookAtJobs(client, null)).isBeingWritten;
    const other = await server.connect('postgres');
    assert.equal(await busy(), false);
    await other.query('BEGIN');
    await other.query('SELECT FROM pgagent.pga_joblog');
    assert.equal(await busy(), false);
    await other.query("UPDATE pgagent.pga_joblog SET jlgstatus = 's' WHERE false");
    assert.equal(await busy(), true);
    await other.end();
  });

  test('needs no more than the right to read the tables', async () => {
    await sql(`
      CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA pgagent TO reader;
      GRANT SELECT ON ALL TABLES IN SCHEMA pgagent TO reader;
      INSERT INTO pgagent.pga_joblog (jlgid, jlgjobid) VALUES (1, ${jobIds[0]})`);
    await signIn();
    await client.query('SET ROLE reader');
    try {
      const { agents, sequencesBehind } = await lookAtJobs(client, null);
      assert.deepEqual([agents.length, sequencesBehind], [1, []]);
    } finally {
      await client.query('RESET ROLE');
    }
  });
});
