import type pg from 'pg';
import type { Server } from '../servers/postgres.ts';

export type Row = Readonly<Record<string, unknown>>;

/** A row of pga_job, the two columns that the tool may change apart from the rest. */
export interface JobNow {
  readonly id: number;
  readonly enabled: boolean;
  readonly nextRun: string | null;
  readonly changed: string;
  readonly rest: Row;
}

export interface ChainNow {
  readonly id: number;
  readonly name: string;
  readonly live: boolean;
  /** All of it with its tasks and their parameters, ids and `live` apart. */
  readonly content: string;
}

export interface RecordNow {
  readonly jobId: number;
  readonly phase: string;
  readonly disabledAt: string | null;
  readonly chains: readonly { readonly id: number }[];
}

/** Both databases at a moment. */
export interface Snapshot {
  readonly now: string;
  readonly jobs: readonly JobNow[];
  /** pga_jobclass, pga_schedule, pga_exception, pga_jobstep, row by row. */
  readonly others: string;
  readonly chains: readonly ChainNow[];
  readonly tasks: number;
  readonly parameters: number;
  /** null without the schema pga2timetable. */
  readonly record: readonly RecordNow[] | null;
}

const SOURCE = `
  SELECT clock_timestamp()::text AS now,
         (SELECT jsonb_agg(jsonb_build_object('id', jobid, 'enabled', jobenabled, 'nextRun', jobnextrun, 'changed', jobchanged,
                   'rest', to_jsonb(j) - '{jobenabled,jobnextrun,jobchanged}'::text[]) ORDER BY jobid)
            FROM pgagent.pga_job j) AS jobs,
         jsonb_build_array(
           (SELECT jsonb_agg(to_jsonb(c) ORDER BY jclid) FROM pgagent.pga_jobclass c),
           (SELECT jsonb_agg(to_jsonb(s) ORDER BY jscid) FROM pgagent.pga_schedule s),
           (SELECT jsonb_agg(to_jsonb(e) ORDER BY jexid) FROM pgagent.pga_exception e),
           (SELECT jsonb_agg(to_jsonb(t) ORDER BY jstid) FROM pgagent.pga_jobstep t))::text AS others`;

const TARGET = `
  SELECT coalesce((SELECT jsonb_agg(jsonb_build_object('id', chain_id, 'name', chain_name, 'live', live,
             'content', (to_jsonb(c) - '{chain_id,live}'::text[] || jsonb_build_object('tasks',
               (SELECT jsonb_agg(to_jsonb(t) - '{chain_id,task_id}'::text[] || jsonb_build_object('parameters',
                         (SELECT jsonb_agg(to_jsonb(p) - 'task_id' ORDER BY order_id)
                            FROM timetable.parameter p WHERE p.task_id = t.task_id)) ORDER BY task_order, task_id)
                  FROM timetable.task t WHERE t.chain_id = c.chain_id)))::text) ORDER BY chain_name)
            FROM timetable.chain c), '[]') AS chains,
         (SELECT count(*)::int FROM timetable.task) AS tasks,
         (SELECT count(*)::int FROM timetable.parameter) AS parameters,
         EXISTS (SELECT FROM pg_namespace WHERE nspname = 'pga2timetable') AS "hasRecord"`;

const RECORD = `
  SELECT job_id AS "jobId", phase, to_jsonb(disabled_at) AS "disabledAt", chains FROM pga2timetable.job ORDER BY 1`;

/** One side of a scenario, with a session of its own that outlives the server. */
export class Side {
  private client: pg.Client | null = null;
  readonly server: Server;
  readonly database: string;

  constructor(server: Server, database: string) {
    this.server = server;
    this.database = database;
  }

  async query<T extends Row>(text: string, values: readonly unknown[] = []): Promise<readonly T[]> {
    if (this.client === null) {
      this.client = await this.server.connect(this.database);
      this.client.once('end', () => {
        this.client = null;
      });
    }
    try {
      return (await this.client.query<T>(text, [...values])).rows;
    } catch (error) {
      // The server was stopped meanwhile.
      if (this.client !== null && !/terminat|not queryable|ECONNRESET/.test(String(error))) throw error;
      this.client = null;
      return this.query(text, values);
    }
  }

  async close(): Promise<void> {
    await this.client?.end();
  }
}

const BUSY = `
  SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'pga2timetable'`;

/** Waits until the server has ended what the tool left behind: a session that was cut ends when its backend notices. */
export async function awaitRest(sides: readonly Side[]): Promise<void> {
  for (const side of sides) {
    for (const end = Date.now() + 20_000; ; ) {
      const [row] = await side.query<{ n: number }>(BUSY);
      if (row?.n === 0) break;
      if (Date.now() > end) throw new Error('sessions of the tool do not end');
      await new Promise((done) => setTimeout(done, 5));
    }
  }
}

export async function look(source: Side, target: Side): Promise<Snapshot> {
  const [from] = await source.query<Row & Pick<Snapshot, 'now' | 'jobs' | 'others'>>(SOURCE);
  const [to] = await target.query<
    Row & Pick<Snapshot, 'chains' | 'tasks' | 'parameters'> & { hasRecord: boolean }
  >(TARGET);
  if (!from || !to) throw new Error('no row');
  const record = to.hasRecord ? await target.query<Row & RecordNow>(RECORD) : null;
  return { ...from, ...to, record };
}
