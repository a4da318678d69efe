import { literal } from '../../src/transform/sql-text.ts';
import type { JobRow, ScheduleRow } from './insert-job.ts';
import { ticks } from './insert-job.ts';

/** Statements that put jobs into pgAgent's tables, one a job: much quicker than `insertJob` for hundreds. */
export function insertsOf(rows: readonly JobRow[], database: string): string {
  return rows.map((row) => insertOf(row, database)).join('\n');
}

function insertOf(
  { name, description = '', host = '', enabled = true, ...job }: JobRow,
  database: string,
): string {
  const steps = job.steps.map(({ name: stepName, kind = 's', code, onError = 'f', ...step }) =>
    tuple(stepName, kind, code, kind === 's' ? (step.database ?? database) : '', onError),
  );
  const schedules = (job.schedules ?? [{}]).map(scheduleOf);
  const exceptions = (job.schedules ?? []).flatMap((schedule, index) =>
    (schedule.exceptions ?? []).map(({ date }) => tuple(nameOf(schedule, index), date ?? '')),
  );
  return `WITH job AS (
      INSERT INTO pgagent.pga_job (jobjclid, jobname, jobdesc, jobhostagent, jobenabled)
      VALUES (1, ${literal(name)}, ${literal(description)}, ${literal(host)}, ${enabled}) RETURNING jobid),
    step AS (
      INSERT INTO pgagent.pga_jobstep (jstjobid, jstname, jstkind, jstcode, jstdbname, jstonerror)
      SELECT jobid, v.* FROM job, (VALUES ${steps.join(', ')}) v),
    schedule AS (
      INSERT INTO pgagent.pga_schedule
             (jscjobid, jscname, jscstart, jscend, jscminutes, jschours, jscweekdays, jscmonthdays, jscmonths)
      SELECT jobid, v.* FROM job, (VALUES ${schedules.join(', ')}) v RETURNING jscid, jscname)
    INSERT INTO pgagent.pga_exception (jexscid, jexdate)
    SELECT jscid, day::date FROM schedule JOIN (VALUES ${['(NULL, NULL)', ...exceptions].join(', ')}) v (name, day) ON jscname = name;`;
}

function scheduleOf(schedule: ScheduleRow, index: number): string {
  const { start = '2020-01-01 00:00:00+00', end, minutes, hours, weekdays, monthDays, months } = schedule;
  const arrays = [
    ticks(60, 0, minutes),
    ticks(24, 0, hours),
    ticks(7, 0, weekdays),
    ticks(32, 1, monthDays),
    ticks(12, 1, months),
  ];
  const times = [start, end].map((time) => `${time === undefined ? 'NULL' : literal(time)}::timestamptz`);
  return `(${[literal(nameOf(schedule, index)), ...times, ...arrays.map((ticked) => `'{${ticked.join()}}'::boolean[]`)].join(', ')})`;
}

const nameOf = ({ name }: ScheduleRow, index: number): string => name ?? `schedule ${index + 1}`;

const tuple = (...texts: readonly string[]): string => `(${texts.map(literal).join(', ')})`;
