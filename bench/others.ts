import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Wanted } from './bulk.ts';
import type { Figure, Goal } from './figures.ts';
import { runTool } from './run-tool.ts';
import type { Stages } from './stage.ts';
import { WORK } from './workload.ts';

/** Jobs and chains that nobody moves. */
const OTHERS = 100;
const PAUSE_MILLISECONDS = 20;
const ALONE_MILLISECONDS = 3_000;
const GOAL: Goal = { reach: 100, stretch: 50 };

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

/** An agent and a client at work, and the longest time that each of their statements took, milliseconds. */
class Onlookers {
  private readonly jobs: number;
  private longest = new Map<string, number>();
  private isOver = false;
  private readonly ends: readonly Promise<void>[];

  constructor(agent: pg.Client, client: pg.Client, jobs: number) {
    this.jobs = jobs;
    this.ends = [this.repeat(() => this.actAsAgent(agent)), this.repeat(() => this.actAsClient(client))];
  }

  /** The longest of each statement since the last call. */
  take(): ReadonlyMap<string, number> {
    const { longest } = this;
    this.longest = new Map();
    return longest;
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.ends);
  }

  private async repeat(turn: () => Promise<void>): Promise<void> {
    while (!this.isOver) {
      await turn();
      await sleep(PAUSE_MILLISECONDS);
    }
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
    const start = performance.now();
    await by.query(sql, [...values]);
    this.longest.set(what, Math.max(this.longest.get(what) ?? 0, performance.now() - start));
  }
}

const MOVED = 'a job that moves';
const anyOther = (): number => 1_000_001 + Math.floor(Math.random() * OTHERS);

/** Measures how long statements of others take while all jobs are moved with `--disable-source`, and while that is undone. */
export async function measureOthers(stages: Stages, wanted: Wanted): Promise<readonly Figure[]> {
  if (!wanted.has('others')) return [];
  wanted.say(`others at work`);
  const stage = await stages.get({ jobs: wanted.jobs, kind: 'same' });
  await stage.put('fresh');
  const { server } = stages;
  await server.run(WORK, PREPARE);
  const [agent, client] = [await server.connect(WORK), await server.connect(WORK)];
  await agent.query(
    "INSERT INTO pgagent.pga_jobagent (jagpid, jagstation) VALUES (pg_backend_pid(), 'bench')",
  );
  const onlookers = new Onlookers(agent, client, wanted.jobs);
  const figures: Figure[] = [];
  const beside = async (
    name: string,
    goal: Goal | undefined,
    action: () => Promise<unknown>,
  ): Promise<void> => {
    onlookers.take();
    await action();
    const longest = onlookers.take();
    for (const [what, milliseconds] of longest)
      wanted.say(`  ${name}: ${what}, ${milliseconds.toFixed(0)} ms`);
    const most = (isOfMoved: boolean): number =>
      Math.max(
        ...[...longest].filter(([what]) => what.endsWith(MOVED) === isOfMoved).map(([, wait]) => wait),
      );
    const judged = goal === undefined ? {} : { goal };
    figures.push({ name: `longest wait of others, ${name}`, unit: 'ms', values: [most(false)], ...judged });
    figures.push({ name: '  for a job that moves', unit: 'ms', values: [most(true)], ...judged });
  };
  await beside('alone', undefined, () => sleep(ALONE_MILLISECONDS));
  await beside('migrate', GOAL, () =>
    runTool([
      ...['--source', stage.conninfo, '--disable-source', '--without-client'],
      ...['--exclude-job', 'other *', '--quiet'],
    ]),
  );
  await beside('undo', GOAL, () => runTool(['undo', '--source', stage.conninfo, '--quiet']));
  await onlookers.stop();
  await Promise.all([agent.end(), client.end()]);
  return figures;
}
