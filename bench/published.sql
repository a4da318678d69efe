-- What a script of SQL alone does for the same jobs, as /extras of pg_timetable has one: each schedule a chain, each step a
-- task, each batch text a parameter, with no look at what cannot move. Written for the benchmark.
BEGIN;

CREATE FUNCTION pg_temp.field(ticks boolean[], first integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(string_agg((n - 1 + first)::text, ',' ORDER BY n), '*')
    FROM unnest(ticks) WITH ORDINALITY AS t (is_on, n)
   WHERE is_on
$$;

WITH chain AS (
  INSERT INTO timetable.chain (chain_name, run_at, max_instances, live, client_name)
  SELECT jobname || ' @ ' || jscname,
         concat_ws(' ', pg_temp.field(jscminutes, 0), pg_temp.field(jschours, 0), pg_temp.field(jscmonthdays, 1),
                   pg_temp.field(jscmonths, 1), pg_temp.field(jscweekdays, 0)),
         1, jobenabled AND jscenabled, nullif(jobhostagent, '')
    FROM pgagent.pga_job JOIN pgagent.pga_schedule ON jscjobid = jobid
  RETURNING chain_id, chain_name),
step AS (
  SELECT chain_id, jstname, jstkind, jstcode, jstonerror,
         10 * row_number() OVER (PARTITION BY chain_id ORDER BY jstname, jstid) AS task_order
    FROM chain
    JOIN (pgagent.pga_job JOIN pgagent.pga_schedule ON jscjobid = jobid) ON chain_name = jobname || ' @ ' || jscname
    JOIN pgagent.pga_jobstep ON jstjobid = jobid
   WHERE jstenabled),
task AS (
  INSERT INTO timetable.task (chain_id, task_order, task_name, kind, command, ignore_error, autonomous)
  SELECT chain_id, task_order, jstname, (CASE jstkind WHEN 'b' THEN 'PROGRAM' ELSE 'SQL' END)::timetable.command_kind,
         CASE jstkind WHEN 'b' THEN 'sh' ELSE jstcode END, jstonerror = 'i', jstkind = 's'
    FROM step
  RETURNING task_id, chain_id, task_order, kind)
INSERT INTO timetable.parameter (task_id, order_id, value)
SELECT task_id, 1, jsonb_build_array('-c', jstcode)
  FROM task JOIN step USING (chain_id, task_order)
 WHERE kind = 'PROGRAM';

COMMIT;
