import fc from 'fast-check';
import { findEngine } from '../test/engine/engine.ts';
import { createStandInPgAgent } from '../test/pgagent/insert-job.ts';
import { agentProgram, createPgAgent } from '../test/pgagent/real.ts';
import type { Server } from '../test/servers/postgres.ts';

/** The database in which commands are measured: its name stands in steps and in tasks. */
export const WORK = 'work';

/**
 * `same`: all jobs share 21 schedules, in 210 pairs. `distinct`: no two schedules are equal. `parsed`: as `same`, with a
 * step in each job that only a parser of SQL can judge.
 */
export type Kind = 'same' | 'distinct' | 'parsed';

export interface Workload {
  readonly jobs: number;
  readonly kind: Kind;
}

const SEED = 20_261_129;
const SHARED_SCHEDULES = 21;

/** What is ticked: all that is empty means any value. Each is one cron line. */
const schedules = fc.tuple(
  // Of the first half hour: a cutover finds a minute in the other half in which nothing is due.
  fc.uniqueArray(fc.nat(29), { minLength: 1, maxLength: 3 }),
  fc.uniqueArray(fc.nat(23), { minLength: 1, maxLength: 3 }),
  fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    fc.constant([1, 2, 3, 4, 5]),
    fc.uniqueArray(fc.nat(6), { minLength: 1, maxLength: 2 }),
  ),
  fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    fc.uniqueArray(fc.integer({ min: 0, max: 27 }), { minLength: 1, maxLength: 2 }),
  ),
);
const LENGTHS = [60, 24, 7, 32];

/** Different schedules, each as four arrays in PostgreSQL's text form: the same for the same count. */
function drawSchedules(count: number): readonly (readonly string[])[] {
  const drawn = new Map<string, readonly string[]>();
  for (const ticks of fc.sample(schedules, { seed: SEED, numRuns: 2 * count })) {
    const arrays = ticks.map((chosen, place) => {
      const ticked = Array.from({ length: LENGTHS[place] ?? 0 }, (_, index) =>
        (chosen as readonly number[]).includes(index),
      );
      return `{${ticked.map((isTicked) => (isTicked ? 't' : 'f')).join(',')}}`;
    });
    drawn.set(arrays.join(), arrays);
  }
  const different = [...drawn.values()].slice(0, count);
  if (different.length < count) throw new Error(`only ${different.length} different schedules of ${count}`);
  return different;
}

/** Two schedules (places in what was drawn) for each job. */
function pairs({ jobs, kind }: Workload): readonly (readonly [number, number])[] {
  if (kind === 'distinct') return Array.from({ length: jobs }, (_, job) => [2 * job, 2 * job + 1]);
  const all = Array.from({ length: SHARED_SCHEDULES }, (_, first) =>
    Array.from({ length: SHARED_SCHEDULES - 1 - first }, (_, more): [number, number] => [
      first,
      first + 1 + more,
    ]),
  ).flat();
  return Array.from({ length: jobs }, (_, job) => all[job % all.length] ?? [0, 1]);
}

/** Three steps a job, with code of 200 bytes that no other job has. */
const JOBS = `
  INSERT INTO pgagent.pga_job (jobid, jobjclid, jobname, jobnextrun)
  SELECT n, 1 + n % 5, 'shop ' || n, date_trunc('day', now()) + interval '1 day'
    FROM generate_series(1, $1::int) n`;
const STEPS = `
  INSERT INTO pgagent.pga_jobstep (jstjobid, jstname, jstkind, jstcode, jstdbname, jstonerror)
  SELECT n, name, kind, rpad(replace(code, 'SHOP', n::text), 200, '.'), CASE kind WHEN 's' THEN '${WORK}' ELSE '' END, on_error
    FROM generate_series(1, $1::int) n,
         (VALUES
           ('1 - report', 's', 'i',
            'INSERT INTO report (shop, day, orders, total) SELECT shop, day, count(*), sum(amount) FROM orders WHERE shop = SHOP AND day >= now() - interval ''1 day'' GROUP BY shop, day -- '),
           ('2 - dump', 'b', 'f',
            'pg_dump -Fc -n shop_SHOP -f /backup/shop_SHOP_$(date +%Y%m%d).dump shops && find /backup -name "shop_SHOP_*.dump" -mtime +14 -delete # '),
           ('3 - clean up', 's', 'f', $2 ||
            'DELETE FROM audit WHERE shop = SHOP AND at < now() - interval ''90 days'' -- ')
         ) steps (name, kind, on_error, code)
   ORDER BY n, name`;
const SCHEDULES = `
  INSERT INTO pgagent.pga_schedule (jscjobid, jscname, jscstart, jscminutes, jschours, jscweekdays, jscmonthdays)
  SELECT job, name, '2020-01-01', minutes::bool[], hours::bool[], week_days::bool[], month_days::bool[]
    FROM unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
         AS schedules (job, name, minutes, hours, week_days, month_days)`;

/**
 * Makes a database with both schemas, and the jobs. The schemas are those of pgAgent and pg_timetable where these are
 * installed, elsewhere those of the fixtures.
 */
export async function createWorkload(server: Server, database: string, workload: Workload): Promise<void> {
  await server.createDatabase(database);
  await (agentProgram() === null ? createStandInPgAgent : createPgAgent)(server, database);
  await findEngine().init(server, database);
  const drawn = drawSchedules(workload.kind === 'distinct' ? 2 * workload.jobs : SHARED_SCHEDULES);
  const rows = pairs(workload).flatMap((pair, index) =>
    pair.map((place, which) => [index + 1, which === 0 ? 'main' : 'second', ...(drawn[place] ?? [])]),
  );
  const client = await server.connect(database);
  // pgAgent's triggers look for the next run of a job at each row.
  await client.query('SET session_replication_role = replica');
  await client.query(JOBS, [workload.jobs]);
  await client.query(STEPS, [workload.jobs, workload.kind === 'parsed' ? 'SET work_mem = 65536; ' : '']);
  await client.query(
    SCHEDULES,
    [0, 1, 2, 3, 4, 5].map((column) => rows.map((row) => row[column])),
  );
  // The source is in use, the target is fresh.
  await client.query('ANALYZE pgagent.pga_job; ANALYZE pgagent.pga_jobstep; ANALYZE pgagent.pga_schedule');
  await client.end();
}
