import assert from 'node:assert/strict';
import { COMMENT } from '../../src/timetable/record-table.ts';
import { createTimetable } from '../engine/schema.ts';
import { createPgAgent } from '../pgagent/real.ts';
import type { FaultLine } from '../servers/fault-proxy.ts';
import type { Server } from '../servers/postgres.ts';
import { insertJobs, type Jobs } from './jobs.ts';
import { runHere } from './run-tool.ts';
import { look, type Side, type Snapshot } from './snapshot.ts';

const KEEP_SOURCE = `
  DROP SCHEMA IF EXISTS kept_source CASCADE;
  CREATE SCHEMA kept_source;
  CREATE TABLE kept_source.job AS TABLE pgagent.pga_job`;
const RESTORE_SOURCE = `
  BEGIN;
  SET LOCAL session_replication_role = replica;
  UPDATE pgagent.pga_job j
     SET jobenabled = k.jobenabled, jobnextrun = k.jobnextrun, jobchanged = k.jobchanged
    FROM kept_source.job k
   WHERE k.jobid = j.jobid;
  COMMIT`;
const KEEP_TARGET = `
  DROP SCHEMA IF EXISTS kept_target CASCADE;
  CREATE SCHEMA kept_target;
  CREATE TABLE kept_target.chain AS TABLE timetable.chain;
  CREATE TABLE kept_target.task AS TABLE timetable.task;
  CREATE TABLE kept_target.parameter AS TABLE timetable.parameter;
  CREATE TABLE kept_target.job (LIKE pga2timetable.job INCLUDING ALL);
  INSERT INTO kept_target.job TABLE pga2timetable.job`;
const RESTORE_TARGET = `
  BEGIN;
  DELETE FROM timetable.chain;
  INSERT INTO timetable.chain TABLE kept_target.chain;
  INSERT INTO timetable.task TABLE kept_target.task;
  INSERT INTO timetable.parameter TABLE kept_target.parameter;
  DROP SCHEMA IF EXISTS pga2timetable CASCADE;
  CREATE SCHEMA pga2timetable;
  COMMENT ON SCHEMA pga2timetable IS '${COMMENT}';
  CREATE TABLE pga2timetable.job (LIKE kept_target.job INCLUDING ALL);
  INSERT INTO pga2timetable.job TABLE kept_target.job;
  COMMIT`;

/** Where a scenario is played: two databases, or one that is both. */
export class Place {
  readonly source: Side;
  readonly target: Side;
  readonly jobs: Jobs;
  /** How all stood before anything was done. */
  readonly before: Snapshot;

  private constructor(source: Side, target: Side, jobs: Jobs, before: Snapshot) {
    this.source = source;
    this.target = target;
    this.jobs = jobs;
    this.before = before;
  }

  /** Makes both databases with the jobs in the source. */
  static async make(source: Side, target: Side = source): Promise<Place> {
    await source.server.createDatabase(source.database);
    await createPgAgent(source.server, source.database);
    if (target !== source) await target.server.createDatabase(target.database);
    await createTimetable(target.server, target.database);
    const jobs = await insertJobs(source.server, source.database, new Date());
    return new Place(source, target, jobs, await look(source, target));
  }

  get sides(): readonly Side[] {
    return this.source === this.target ? [this.source] : [this.source, this.target];
  }

  private get servers(): readonly Server[] {
    return [...new Set(this.sides.map(({ server }) => server))];
  }

  /** The options that name both ends, by way of a proxy. */
  async through(line: FaultLine): Promise<readonly string[]> {
    const ports = new Map<Server, number>();
    for (const server of this.servers) ports.set(server, await line.to(server));
    return this.ends(({ server }) => ports.get(server) ?? 0);
  }

  /** The same past the proxy. */
  direct(): readonly string[] {
    return this.ends(({ server }) => server.port);
  }

  private ends(portOf: (side: Side) => number): readonly string[] {
    const [source, target] = [this.source, this.target].map(
      (side) => `postgresql://postgres@127.0.0.1:${portOf(side)}/${side.database}?sslmode=disable`,
    );
    return this.source === this.target ? ['-s', source ?? ''] : ['-s', source ?? '', '-t', target ?? ''];
  }

  /** Runs the tool undisturbed. */
  async run(args: readonly string[], code: number): Promise<void> {
    const ran = await runHere([...args, ...this.direct()]);
    assert.equal(ran.code, code, ran.stderr);
  }

  /** The chains that a run makes, which is taken back then. */
  async chainsBehind(args: readonly string[]): Promise<Snapshot['chains']> {
    await this.run(args, 6);
    const { chains } = await look(this.source, this.target);
    await this.run(['undo'], 0);
    await this.resetTimes();
    return chains;
  }

  /** Keeps the rows of both sides as they are. @returns what brings them back */
  async keep(): Promise<() => Promise<void>> {
    await this.target.query(KEEP_TARGET);
    await this.source.query(KEEP_SOURCE);
    return async () => {
      await this.target.query(RESTORE_TARGET);
      await this.source.query(RESTORE_SOURCE);
    };
  }

  /** Gives the jobs the times back that they had, which `undo` does not. */
  async resetTimes(): Promise<void> {
    await this.source.query(
      `WITH quiet AS MATERIALIZED (SELECT set_config('session_replication_role', 'replica', true))
       UPDATE pgagent.pga_job j
          SET jobnextrun = w."nextRun", jobchanged = w.changed, jobenabled = w.enabled
         FROM quiet, jsonb_to_recordset($1) AS w (id int, enabled boolean, "nextRun" timestamptz, changed timestamptz)
        WHERE j.jobid = w.id`,
      [JSON.stringify(this.before.jobs)],
    );
  }
}

/** Takes out by force what a run left that went wrong, so that the next one begins as the others do. */
export async function restore(place: Place): Promise<void> {
  await place.target.query('DROP SCHEMA IF EXISTS pga2timetable CASCADE');
  await place.target.query('DELETE FROM timetable.chain');
  await place.resetTimes();
}
