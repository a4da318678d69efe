import fc from 'fast-check';
import type pg from 'pg';
import type { Schedule } from '../../src/model/job.ts';
import { schedule, span } from '../job-builders.ts';
import { insertDisabledJob, insertSchedule } from './replay.ts';

const START = Date.UTC(2023, 0, 1);
const DAY = 86_400_000;

/** Asks the function from the days around the end of each month, a leap year among them; answers with the first date that it could not build. */
export const FAILING_DATE = `
CREATE FUNCTION replay.failing_date(schedule int) RETURNS text
LANGUAGE plpgsql AS $body$
DECLARE
  s pgagent.pga_schedule;
  clock timestamptz;
BEGIN
  SELECT * INTO STRICT s FROM pgagent.pga_schedule WHERE jscid = schedule;
  FOR clock IN
    SELECT at FROM generate_series(timestamptz '2022-12-31 12:00Z', '2028-12-31 12:00Z', '1 day') AS at
     WHERE extract(day FROM at) IN (1, 2, 5, 6, 15, 16) OR extract(day FROM at) > 26
  LOOP
    BEGIN
      PERFORM replay.next_schedule(
        s.jscid, s.jscstart, s.jscend, s.jscminutes, s.jschours, s.jscweekdays, s.jscmonthdays, s.jscmonths, clock);
    EXCEPTION WHEN datetime_field_overflow THEN
      RETURN SQLERRM;
    END;
  END LOOP;
  RETURN NULL;
END
$body$`;

/** Month days near the end of a month, with months, hours and windows of all kinds. */
export function drawMonthEnds(count: number, seed: number): readonly Schedule[] {
  const ends = fc.oneof(
    fc.subarray([28, 29, 30, 31], { minLength: 1 }),
    fc.subarray([1, 5, 15, 27, 28, 29, 30, 31], { minLength: 1 }),
    fc.constantFrom(...[28, 29, 30, 31].map((one) => span(2, 31).filter((day) => day !== one)), span(2, 31)),
  );
  const months = fc.oneof(
    fc.constant([]),
    fc.subarray([1, 2, 3, 4], { minLength: 1 }),
    fc.subarray([...span(1, 12)], { minLength: 1, maxLength: 11 }),
  );
  const drawn = fc.record({
    monthDays: ends,
    lastDay: fc.nat(4).map((one) => one === 0),
    months,
    hours: fc.constantFrom([], [9], [0, 23]),
    minutes: fc.constantFrom([0], [0, 30], []),
    weekdays: fc.constantFrom([], [], [1], [1, 2, 3, 4, 5], [0, 6]),
    days: fc.option(fc.nat(500), { freq: 2 }),
    opens: fc.nat(700),
  });
  return fc
    .sample(drawn, { numRuns: count, seed })
    .map(({ days, opens, ...chosen }) =>
      days === null
        ? schedule(chosen, { start: START })
        : schedule(chosen, { start: START + opens * DAY, end: START + (opens + days + 1) * DAY - 1 }),
    );
}

/** The first date that the function could not build, as `day.month`; null where it always ended well. */
export async function failingDate(client: pg.Client, one: Schedule): Promise<string | null> {
  const jobId = await insertDisabledJob(client);
  const scheduleId = await insertSchedule(client, jobId, one);
  const { rows } = await client.query<{ error: string | null }>('SELECT replay.failing_date($1) AS error', [
    scheduleId,
  ]);
  await client.query('DELETE FROM pgagent.pga_job WHERE jobid = $1', [jobId]);
  const [, month, day] = /"\d+-(\d+)-(\d+) /.exec(rows[0]?.error ?? '') ?? [];
  return day === undefined ? null : `${day}.${month}`;
}
