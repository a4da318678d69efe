import type { Server } from '../test/servers/postgres.ts';

/** How many rows there are, and a number that depends on the content of each, ids apart. */
export interface Written {
  readonly chains: string;
  readonly tasks: string;
  readonly parameters: string;
}

const sum = (row: string): string =>
  `count(*) || ' rows ' || coalesce(sum(hashtextextended((${row})::text, 0)::numeric), 0)`;
const WRITTEN = `
  SELECT (SELECT ${sum('c.chain_name, c.run_at, c.max_instances, c.live, c.client_name, c.timeout')} FROM timetable.chain c) AS chains,
         (SELECT ${sum('c.chain_name, k.task_order, k.task_name, k.kind, k.command, k.database_connection, k.ignore_error, k.autonomous')}
            FROM timetable.chain c JOIN timetable.task k USING (chain_id)) AS tasks,
         (SELECT ${sum('c.chain_name, k.task_order, p.order_id, p.value')}
            FROM timetable.chain c JOIN timetable.task k USING (chain_id) JOIN timetable.parameter p USING (task_id)) AS parameters`;

/** What stands in the target now. */
export async function readWritten(server: Server, database: string): Promise<Written> {
  const { rows } = await server.run(database, WRITTEN);
  return rows[0];
}

/** The rows that pgAgent's rows ask for, and that are not there, or are there beyond that; the tool's own tasks apart. */
const DIFFERENT = `
  WITH ticked AS (
    SELECT jobname || ' @ ' || jscname AS chain_name,
           (SELECT array_agg(n - 1 ORDER BY n) FROM unnest(jscminutes) WITH ORDINALITY t (is_on, n) WHERE is_on) AS mins,
           (SELECT array_agg(n - 1 ORDER BY n) FROM unnest(jschours) WITH ORDINALITY t (is_on, n) WHERE is_on) AS hours,
           (SELECT array_agg(n ORDER BY n) FROM unnest(jscmonthdays) WITH ORDINALITY t (is_on, n) WHERE is_on) AS days,
           (SELECT array_agg(n - 1 ORDER BY n) FROM unnest(jscweekdays) WITH ORDINALITY t (is_on, n) WHERE is_on) AS dow
      FROM pgagent.pga_job JOIN pgagent.pga_schedule ON jscjobid = jobid),
  expected_chain AS (
    SELECT chain_name, mins::int[], hours::int[], coalesce(days::int[], ARRAY(SELECT generate_series(1, 31))) AS days,
           coalesce(dow::int[], ARRAY(SELECT generate_series(0, 6))) AS dow, true AS live
      FROM ticked),
  chain AS (
    SELECT chain_name, a.mins, a.hours, a.days, array_remove(a.dow, 7) AS dow, live
      FROM timetable.chain, timetable.cron_split_to_arrays(run_at) a),
  expected_task AS (
    SELECT jobname || ' @ ' || jscname AS chain_name, 10 * row_number() OVER (PARTITION BY jscid ORDER BY jstname) AS task_order,
           jstname AS task_name, CASE jstkind WHEN 's' THEN 'SQL' ELSE 'PROGRAM' END AS kind,
           CASE jstkind WHEN 's' THEN jstcode ELSE 'sh' END AS command, jstonerror = 'i' AS ignore_error,
           CASE jstkind WHEN 'b' THEN jsonb_build_array('-c', jstcode) END AS parameter
      FROM pgagent.pga_job JOIN pgagent.pga_schedule ON jscjobid = jobid JOIN pgagent.pga_jobstep ON jstjobid = jobid),
  task AS (
    SELECT chain_name, task_order::bigint, task_name, kind::text, command, ignore_error, value AS parameter
      FROM timetable.chain JOIN timetable.task USING (chain_id) LEFT JOIN timetable.parameter USING (task_id)
     WHERE task_order >= 10)
  SELECT (SELECT count(*)::int FROM ((SELECT * FROM expected_chain EXCEPT ALL SELECT * FROM chain) UNION ALL (SELECT * FROM chain EXCEPT ALL SELECT * FROM expected_chain)) d) AS chains,
         (SELECT count(*)::int FROM ((SELECT * FROM expected_task EXCEPT ALL SELECT * FROM task) UNION ALL (SELECT * FROM task EXCEPT ALL SELECT * FROM expected_task)) d) AS tasks`;

/**
 * Compares what a run wrote with pgAgent's rows.
 * @throws Error if a chain, a task or a parameter is missing, is too many or is another
 */
export async function assertAsInPgAgent(server: Server, database: string): Promise<void> {
  const [found] = (await server.run(database, DIFFERENT)).rows;
  if (found.chains + found.tasks > 0)
    throw new Error(`${found.chains} chains and ${found.tasks} tasks differ from pgAgent's rows`);
}
