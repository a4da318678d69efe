import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Server } from '../test/servers/postgres.ts';
import type { Wanted } from './bulk.ts';
import type { Figure, Goal } from './figures.ts';
import { runTool } from './run-tool.ts';
import type { Stages } from './stage.ts';
import { WORK } from './workload.ts';

/** Jobs and chains that nobody moves. */
const OTHERS = 100;
const PAUSE_MILLISECONDS = 20;
const ALONE_MILLISECONDS = 3_000;
const GOAL: Goal = { reach: 100, stretch: 50, never: 100 };

/** The schedules' half hour is put as far from now as it can be, so that a cutover need not wait for its moment. */
const PREPARE = `
  SET session_replication_role = replica;
  WITH turn AS (SELECT (extract(minute FROM now())::int + 15) % 60 AS by)
  UPDATE pgagent.pga_schedule SET jscminutes = (jscminutes || jscminutes)[61 - by : 120 - by] FROM turn;
  INSERT INTO pgagent.pga_job (jobid, jobjclid, jobname) SELECT 1000000 + n, 1, 'other ' || n FROM generate_series(1, ${OTHERS}) n;
  INSERT INTO timetable.chain (chain_id, chain_name, run_at, live)
  SELECT 1000000 + n, 'own ' || n, '* * * * *', true FROM generate_series(1, ${OTHERS}) n;
  INSERT INTO timetable.task (task_id, chain_id, task_order, command)
  SELECT 1000000 + n, 1000000 + n, 10, 'SELECT 1' FROM generate_series(1, ${OTHERS}) n`;

const AGENT_LOOKS = `
  SELECT jobid FROM pgagent.pga_job
   WHERE jobenabled AND jobagentid IS NULL AND jobnextrun <= now() AND jobhostagent IN ('', 'bench') ORDER BY jobnextrun`;
const AGENT_TAKES =
  'UPDATE pgagent.pga_job SET jobagentid = pg_backend_pid(), joblastrun = now() WHERE jobagentid IS NULL AND jobid = $1';
const AGENT_ENDS = 'UPDATE pgagent.pga_job SET jobagentid = NULL WHERE jobid = $1';
/** What a client of pg_timetable, or somebody at work in it, does with one chain. */
const CLIENT: Readonly<Record<string, string>> = {
  'a client reads a chain': 'SELECT chain_name, live FROM timetable.chain WHERE chain_id = $1',
  'a client notes a start': "INSERT INTO timetable.active_chain (chain_id, client_name) VALUES ($1, 'bench')",
  'a client reads a task': 'SELECT command FROM timetable.task WHERE task_id = $1',
  'a client notes an end': 'DELETE FROM timetable.active_chain WHERE chain_id = $1',
  'somebody changes a chain': 'UPDATE timetable.chain SET timeout = timeout WHERE chain_id = $1',
  'somebody changes a task': 'UPDATE timetable.task SET timeout = timeout WHERE task_id = $1',
};

/** The server tells of a lock that was waited for, as of what takes longer than the least that it can be told. */
const TELL_WAITS = `
  SET client_min_messages = log; SET log_lock_waits = on; SET deadlock_timeout = '1ms'; SET lc_messages = 'C'`;

/** The longest that one statement took, milliseconds: as a whole, which a busy machine adds to, and for locks. */
interface Longest {
  readonly whole: number;
  readonly locks: number;
}

/** An agent and a client at work. */
class Onlookers {
  private readonly jobs: number;
  private longest = new Map<string, Longest>();
  /** Of the statements under way. */
  private readonly locked = new Map<pg.Client, number>();
  private isOver = false;
  private readonly ends: readonly Promise<void>[];

  private constructor(agent: pg.Client, client: pg.Client, jobs: number) {
    this.jobs = jobs;
    for (const one of [agent, client])
      one.on('notice', ({ message = '' }) => {
        const [, wait = 0] = / acquired .* after ([\d.]+) ms$/.exec(message) ?? [];
        this.locked.set(one, (this.locked.get(one) ?? 0) + Number(wait));
      });
    this.ends = [this.repeat(agent, this.actAsAgent), this.repeat(client, this.actAsClient)];
  }

  static async start(server: Server, jobs: number): Promise<Onlookers> {
    const [agent, client] = [await server.connect(WORK), await server.connect(WORK)];
    for (const one of [agent, client]) await one.query(TELL_WAITS);
    await agent.query(
      "INSERT INTO pgagent.pga_jobagent (jagpid, jagstation) VALUES (pg_backend_pid(), 'bench')",
    );
    return new Onlookers(agent, client, jobs);
  }

  /** The longest of each statement since the last call. */
  take(): ReadonlyMap<string, Longest> {
    const { longest } = this;
    this.longest = new Map();
    return longest;
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.ends);
  }

  private async repeat(by: pg.Client, turn: (by: pg.Client) => Promise<void>): Promise<void> {
    while (!this.isOver) {
      await turn.call(this, by);
      await sleep(PAUSE_MILLISECONDS);
    }
    await by.end();
  }

  private async actAsAgent(agent: pg.Client): Promise<void> {
    await this.time('an agent looks', agent, AGENT_LOOKS);
    const moved = 1 + Math.floor(Math.random() * this.jobs);
    for (const [id, whose] of [
      [moved, MOVED],
      [anyOther(), 'another job'],
    ] as const) {
      await this.time(`an agent takes ${whose}`, agent, AGENT_TAKES, [id]);
      await this.time(`an agent ends ${whose}`, agent, AGENT_ENDS, [id]);
    }
  }

  private async actAsClient(client: pg.Client): Promise<void> {
    for (const [what, sql] of Object.entries(CLIENT)) await this.time(what, client, sql, [anyOther()]);
  }

  private async time(
    what: string,
    by: pg.Client,
    sql: string,
    values: readonly number[] = [],
  ): Promise<void> {
    this.locked.set(by, 0);
    const start = performance.now();
    await by.query(sql, [...values]);
    const { whole, locks } = this.longest.get(what) ?? { whole: 0, locks: 0 };
    this.longest.set(what, {
      whole: Math.max(whole, performance.now() - start),
      locks: Math.max(locks, this.locked.get(by) ?? 0),
    });
  }
}

const MOVED = 'a job that moves';
const anyOther = (): number => 1_000_001 + Math.floor(Math.random() * OTHERS);

/** What is shown of a phase. */
const SHOWN: readonly (readonly [string, (longest: Longest, what: string) => number])[] = [
  ['', ({ whole }, what) => (what.endsWith(MOVED) ? 0 : whole)],
  ['  for a lock', ({ locks }, what) => (what.endsWith(MOVED) ? 0 : locks)],
  ['  for a job that moves', ({ whole }, what) => (what.endsWith(MOVED) ? whole : 0)],
  ['  for a lock', ({ locks }, what) => (what.endsWith(MOVED) ? locks : 0)],
];

/**
 * Measures how long statements of others take while all jobs are moved with `--disable-source`, and while that is undone;
 * and before both, which is what the machine itself adds.
 */
export async function measureOthers(stages: Stages, wanted: Wanted): Promise<readonly Figure[]> {
  if (!wanted.has('others')) return [];
  const stage = await stages.get({ jobs: wanted.jobs, kind: 'same' });
  const source = ['--source', stage.conninfo, '--quiet'];
  const cutover = ['--disable-source', '--without-client', '--exclude-job', 'other *'];
  const phases: readonly [string, () => Promise<unknown>][] = [
    ['alone', () => sleep(ALONE_MILLISECONDS)],
    ['migrate', () => runTool([...source, ...cutover])],
    ['undo', () => runTool(['undo', ...source])],
  ];
  const phaseLongest = new Map(phases.map(([name]) => [name, [] as ReadonlyMap<string, Longest>[]]));
  const rounds = Math.ceil(wanted.pairs / 2);
  for (let round = 1; round <= rounds; round += 1) {
    await stage.put('fresh');
    await stages.server.run(WORK, PREPARE);
    const onlookers = await Onlookers.start(stages.server, wanted.jobs);
    for (const [name, action] of phases) {
      wanted.say(`others at work, round ${round} of ${rounds}: ${name}`);
      await action();
      const longest = onlookers.take();
      for (const [what, { whole, locks }] of longest)
        wanted.say(`  ${whole.toFixed(0).padStart(6)} ms, for a lock ${locks.toFixed(0)} ms: ${what}`);
      phaseLongest.get(name)?.push(longest);
    }
    await onlookers.stop();
  }
  return [...phaseLongest].flatMap(([name, seen]) =>
    SHOWN.map(([label, of]): Figure => {
      const values = seen.map((longest) => Math.max(...[...longest].map(([what, one]) => of(one, what))));
      const goal = name === 'alone' ? {} : { goal: GOAL };
      return { name: label === '' ? `longest wait of others, ${name}` : label, unit: 'ms', values, ...goal };
    }),
  );
}
