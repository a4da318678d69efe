import { readFileSync } from 'node:fs';
import type { Server } from '../servers/postgres.ts';

/** The stand-in for pgAgent's tables. */
export async function createStandInPgAgent(server: Server, database: string): Promise<void> {
  await server.run(
    database,
    readFileSync(new URL('../../fixtures/pgagent/4.2.sql', import.meta.url), 'utf8'),
  );
}

/** A schedule in a person's numbers: month days and months from 1, week days from Sunday = 0, 32 for the last day. */
export interface ScheduleRow {
  readonly name?: string;
  readonly enabled?: boolean;
  readonly start?: string;
  readonly end?: string;
  readonly minutes?: readonly number[];
  readonly hours?: readonly number[];
  readonly weekdays?: readonly number[];
  readonly monthDays?: readonly number[];
  readonly months?: readonly number[];
  readonly exceptions?: readonly { date?: string; time?: string }[];
}

export interface StepRow {
  readonly name: string;
  readonly kind?: 's' | 'b';
  readonly code: string;
  readonly database?: string;
  readonly conninfo?: string;
  readonly enabled?: boolean;
  readonly onError?: 'f' | 's' | 'i';
  readonly description?: string;
}

export interface JobRow {
  readonly name: string;
  readonly description?: string;
  readonly host?: string;
  readonly enabled?: boolean;
  /** Nothing selected, from 2020 on, if not given. */
  readonly schedules?: readonly ScheduleRow[];
  /** SQL steps run in the database itself if they name none. */
  readonly steps: readonly StepRow[];
}

/** Elements of one of the five arrays: those of the chosen numbers are true. */
export function ticks(length: number, first: number, chosen: readonly number[] = []): boolean[] {
  return Array.from({ length }, (_, index) => chosen.includes(index + first));
}

/** Inserts a job with its schedules, exceptions and steps, and returns its id. */
export async function insertJob(server: Server, database: string, job: JobRow): Promise<number> {
  const client = await server.connect(database);
  try {
    const { rows } = await client.query(
      `INSERT INTO pgagent.pga_job (jobjclid, jobname, jobdesc, jobhostagent, jobenabled)
       VALUES ((SELECT min(jclid) FROM pgagent.pga_jobclass), $1, $2, $3, $4) RETURNING jobid AS id`,
      [job.name, job.description ?? '', job.host ?? '', job.enabled ?? true],
    );
    const jobId: number = rows[0].id;
    for (const step of job.steps) {
      const isSql = (step.kind ?? 's') === 's';
      await client.query(
        `INSERT INTO pgagent.pga_jobstep (jstjobid, jstname, jstkind, jstcode, jstdbname, jstconnstr, jstenabled, jstonerror, jstdesc)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          jobId,
          step.name,
          step.kind ?? 's',
          step.code,
          isSql && step.conninfo === undefined ? (step.database ?? database) : '',
          step.conninfo ?? '',
          step.enabled ?? true,
          step.onError ?? 'f',
          step.description ?? '',
        ],
      );
    }
    for (const [index, schedule] of (job.schedules ?? [{}]).entries()) {
      const inserted = await client.query(
        `INSERT INTO pgagent.pga_schedule
                (jscjobid, jscname, jscenabled, jscstart, jscend, jscminutes, jschours, jscweekdays, jscmonthdays, jscmonths)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING jscid AS id`,
        [
          jobId,
          schedule.name ?? `schedule ${index + 1}`,
          schedule.enabled ?? true,
          schedule.start ?? '2020-01-01 00:00:00+00',
          schedule.end ?? null,
          ticks(60, 0, schedule.minutes),
          ticks(24, 0, schedule.hours),
          ticks(7, 0, schedule.weekdays),
          ticks(32, 1, schedule.monthDays),
          ticks(12, 1, schedule.months),
        ],
      );
      for (const { date, time } of schedule.exceptions ?? []) {
        await client.query(
          'INSERT INTO pgagent.pga_exception (jexscid, jexdate, jextime) VALUES ($1, $2, $3)',
          [inserted.rows[0].id, date ?? null, time ?? null],
        );
      }
    }
    return jobId;
  } finally {
    await client.end();
  }
}
