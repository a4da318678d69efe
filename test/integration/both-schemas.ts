import { pga2timetable, type Result } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob, type JobRow } from '../pgagent/insert-job.ts';
import type { Server } from '../servers/postgres.ts';

/** A database with both schemas, and the tool run on it. */
export class Both {
  readonly server: Server;
  readonly name: string;

  private constructor(server: Server, name: string) {
    this.server = server;
    this.name = name;
  }

  static async create(server: Server, name: string): Promise<Both> {
    await server.createDatabase(name);
    await createStandInPgAgent(server, name);
    await createTimetable(server, name);
    return new Both(server, name);
  }

  /** Runs at 02:00 and has one SQL step, if nothing else is said. @returns its id */
  insert(job: Partial<JobRow> & { readonly name: string }): Promise<number> {
    return insertJob(this.server, this.name, {
      schedules: [{ name: 'nightly', hours: [2], minutes: [0] }],
      steps: [{ name: 'a', code: 'SELECT 1' }],
      ...job,
    });
  }

  async rows<Row>(sql: string): Promise<readonly Row[]> {
    return (await this.server.run(this.name, sql)).rows;
  }

  /** Makes the database's now() differ from the server's clock; what is written by it is as old as that. */
  async setClock(difference: string): Promise<void> {
    await this.server.run(
      this.name,
      `SET allow_system_table_mods = on;
       CREATE OR REPLACE FUNCTION pg_catalog.now() RETURNS timestamptz LANGUAGE sql STABLE
         AS $$SELECT statement_timestamp() + ${difference}$$`,
    );
  }

  /** The first column of the first row. */
  async value<Value>(sql: string): Promise<Value> {
    const [row] = await this.rows<Record<string, Value>>(sql);
    return Object.values(row ?? {})[0] as Value;
  }

  run(...args: readonly string[]): Promise<Result> {
    return pga2timetable([...args, '-s', this.server.uri(this.name)]);
  }

  /** No client of pg_timetable is there, unless the test brings one. */
  migrate(...args: readonly string[]): Promise<Result> {
    const more = args.includes('--disable-source') ? ['--without-client'] : [];
    return this.run('migrate', ...args, ...more);
  }

  verify(...args: readonly string[]): Promise<Result> {
    return this.run('verify', '--without-client', ...args);
  }

  undo(...args: readonly string[]): Promise<Result> {
    return this.run('undo', ...args);
  }

  /** What became, or would become, of each job, by its name. */
  async actions(...args: readonly string[]): Promise<Record<string, string>> {
    const { stdout } = await this.migrate('--dry-run', '--format', 'json', ...args);
    const { jobs } = JSON.parse(stdout) as { jobs: { jobName: string; action: string }[] };
    return Object.fromEntries(jobs.map(({ jobName, action }) => [jobName, action]));
  }

  /**
   * Every row of every table of some schemas, as text, with the transaction that wrote it: two that are equal have seen
   * no write in between.
   */
  async snapshot(...schemas: readonly string[]): Promise<readonly string[]> {
    const names = schemas.length > 0 ? schemas : ['timetable', 'pga2timetable', 'pgagent'];
    const tables = await this.rows<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_catalog.pg_tables
        WHERE schemaname IN (${names.map((name) => `'${name}'`).join(', ')}) ORDER BY 1`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const rows = await this.rows<{ row: string }>(
        `SELECT concat_ws(' ', xmin, t) AS row FROM ${name} t ORDER BY 1`,
      );
      found.push(name, ...rows.map(({ row }) => row));
    }
    return found;
  }
}
