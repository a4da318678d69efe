import { fileURLToPath } from 'node:url';
import { PSQL } from '../test/postgres/outcome.ts';
import type { Server } from '../test/servers/postgres.ts';
import { type Ran, run, runTool } from './run-tool.ts';
import { createWorkload, WORK, type Workload } from './workload.ts';
import { assertAsInPgAgent, readWritten, type Written } from './written.ts';

const PUBLISHED = fileURLToPath(new URL('published.sql', import.meta.url));
const READY = `
  CREATE SCHEMA ready;
  CREATE TABLE ready.chain AS SELECT chain_id, chain_name, run_at::text, max_instances, timeout, live, client_name FROM timetable.chain;
  CREATE TABLE ready.task AS
    SELECT task_id, chain_id, task_order, task_name, kind, command, database_connection, ignore_error, autonomous FROM timetable.task;
  CREATE TABLE ready.parameter AS SELECT task_id, order_id, value FROM timetable.parameter;
  DROP SCHEMA pgagent, pga2timetable CASCADE;
  ANALYZE`;
/** The least that any tool has to do: nothing is read, nothing is planned, the rows are written. */
const FLOOR = `
  BEGIN;
  INSERT INTO timetable.chain (chain_id, chain_name, run_at, max_instances, timeout, live, client_name) SELECT * FROM ready.chain;
  INSERT INTO timetable.task (task_id, chain_id, task_order, task_name, kind, command, database_connection, ignore_error, autonomous)
  SELECT * FROM ready.task;
  INSERT INTO timetable.parameter (task_id, order_id, value) SELECT * FROM ready.parameter;
  COMMIT`;

/** How the database `work` stands: with jobs and no chains, or with the chains of all jobs. */
export type State = 'fresh' | 'moved';

/** The workloads of a server, each made when it is first asked for. */
export class Stages {
  readonly server: Server;
  private readonly made = new Map<string, Stage>();

  constructor(server: Server) {
    this.server = server;
  }

  /** @throws Error as `Stage.create` does */
  async get(workload: Workload): Promise<Stage> {
    const key = JSON.stringify(workload);
    const stage = this.made.get(key) ?? (await Stage.create(this.server, workload));
    this.made.set(key, stage);
    return stage;
  }
}

/** One workload on one server, and its floor. */
export class Stage {
  private readonly server: Server;
  private readonly workload: Workload;
  /** What each migration has to write. */
  private expected: Written = { chains: '', tasks: '', parameters: '' };

  private constructor(server: Server, workload: Workload) {
    this.server = server;
    this.workload = workload;
  }

  /**
   * Makes the jobs, moves them once, and keeps the rows for the floor.
   * @throws Error if that move did not write what pgAgent's rows ask for
   */
  static async create(server: Server, workload: Workload): Promise<Stage> {
    const stage = new Stage(server, workload);
    await createWorkload(server, stage.named('fresh'), workload);
    await stage.put('fresh');
    await runTool(['--source', stage.conninfo]);
    await assertAsInPgAgent(server, WORK);
    stage.expected = await readWritten(server, WORK);
    await server.createDatabase(stage.named('moved'), `TEMPLATE ${WORK}`);
    await server.createDatabase(stage.floorName, `TEMPLATE ${WORK}`);
    await server.run(stage.floorName, READY);
    // The tool looks into every database that can be connected to.
    for (const state of ['fresh', 'moved'] as const)
      await server.run('postgres', `ALTER DATABASE ${stage.named(state)} ALLOW_CONNECTIONS false`);
    return stage;
  }

  get conninfo(): string {
    return this.server.conninfo(WORK);
  }

  /** Makes the database `work` anew, without statistics of the target. */
  async put(state: State): Promise<void> {
    await this.server.run('postgres', `DROP DATABASE IF EXISTS ${WORK} WITH (FORCE)`);
    await this.server.createDatabase(WORK, `TEMPLATE ${this.named(state)}`);
  }

  /** Writes the finished rows into empty tables. */
  async runFloor(): Promise<Ran> {
    await this.server.run(this.floorName, 'TRUNCATE timetable.chain, timetable.task, timetable.parameter');
    await this.server.run('postgres', 'CHECKPOINT');
    const ran = await this.psql(this.floorName, ['-c', FLOOR]);
    await this.assertWritten(this.floorName);
    return ran;
  }

  /** Runs a script of SQL alone that moves all jobs of the database `work`. */
  runPublished(): Promise<Ran> {
    return this.psql(WORK, ['-f', PUBLISHED]);
  }

  /** @throws Error if a database does not hold the rows of this workload */
  async assertWritten(database = WORK): Promise<void> {
    const found = await readWritten(this.server, database);
    if (JSON.stringify(found) !== JSON.stringify(this.expected))
      throw new Error(
        `${database} holds ${JSON.stringify(found)} instead of ${JSON.stringify(this.expected)}`,
      );
  }

  /** @throws Error if anything is left of the chains */
  async assertNothingLeft(): Promise<void> {
    const { chains, tasks, parameters } = await readWritten(this.server, WORK);
    const none = '0 rows 0';
    if (chains !== none || tasks !== none || parameters !== none) throw new Error('undo left rows behind');
  }

  /** @throws Error if the script of SQL alone did not write what pgAgent's rows ask for */
  assertAsInPgAgent(): Promise<void> {
    return assertAsInPgAgent(this.server, WORK);
  }

  private psql(database: string, args: readonly string[]): Promise<Ran> {
    return run(PSQL ?? 'psql', [
      ...['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', this.server.conninfo(database)],
      ...args,
    ]);
  }

  private get floorName(): string {
    return `floor_${this.workload.kind}_${this.workload.jobs}`;
  }

  private named(state: State): string {
    return `${this.workload.kind}_${this.workload.jobs}_${state}`;
  }
}
