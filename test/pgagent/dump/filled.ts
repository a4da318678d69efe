import { readFileSync } from 'node:fs';
import { JOBS } from '../../differential/jobs/index.ts';
import { HOSTILE, HOSTILE_NAME } from '../../planted/hostile.ts';
import type { Server } from '../../servers/postgres.ts';
import { insertJob } from '../insert-job.ts';
import { insertsOf } from '../inserts.ts';
import { plausibleJobs } from '../plausible-jobs.ts';

const SPECIAL_ROWS = `
  UPDATE pgagent.pga_schedule SET jscstart = '-infinity', jscend = 'infinity' WHERE jscid = 2;
  UPDATE pgagent.pga_schedule SET jscstart = '1890-06-01 12:00:00.000001+00', jscend = '9999-12-31 23:59:59.999999+00' WHERE jscid = 3;
  UPDATE pgagent.pga_schedule SET jscstart = '0044-03-15 12:00:00+00 BC' WHERE jscid = 4;
  INSERT INTO pgagent.pga_exception (jexscid, jexdate, jextime)
  VALUES (2, '2026-12-24', NULL), (2, NULL, '12:30:15.25'), (3, 'infinity', '24:00'), (3, '0044-03-15 BC', NULL), (3, NULL, NULL);
  INSERT INTO pgagent.pga_jobclass (jclid, jclname) VALUES (77, 'Mine');
  UPDATE pgagent.pga_job SET jobjclid = 77 WHERE jobid = 2;
  INSERT INTO pgagent.pga_jobagent VALUES (4711, now(), 'host1');
  UPDATE pgagent.pga_job SET jobagentid = 4711, jobhostagent = 'host1' WHERE jobid = 3;
  UPDATE pgagent.pga_job SET joblastrun = now() - interval '1 hour' * jobid WHERE jobid < 20;
  UPDATE pgagent.pga_job SET jobnextrun = CASE jobid WHEN 5 THEN 'infinity' ELSE '2031-02-03 04:05:06.7+00' END::timestamptz WHERE jobid < 9;
  INSERT INTO pgagent.pga_joblog (jlgjobid, jlgstatus, jlgstart, jlgduration)
  SELECT 1 + n % 7, (ARRAY['s', 'f', 'i', 'd', 'r'])[1 + n % 5], now() - interval '5 min' - interval '10 min' * (999 - n),
         CASE WHEN n % 5 < 4 THEN interval '2.5 s' * (n % 3) + CASE n WHEN 500 THEN interval '1 day' ELSE interval '0' END END
    FROM generate_series(0, 999) n;
  UPDATE pgagent.pga_joblog SET jlgid = jlgid + 5000 WHERE jlgid > 500;
  INSERT INTO pgagent.pga_jobsteplog (jsljlgid, jsljstid, jsloutput) VALUES (1, 1, E'a\\n\\\\.\\nb');`;

/** Other things than pgAgent's in a database, so that their dump has something to skip. */
const OTHERS = `
  CREATE SCHEMA a;
  CREATE TABLE a.t (id int GENERATED ALWAYS AS IDENTITY, what text, "odd ("")name" bytea);
  INSERT INTO a.t (what, "odd ("")name") SELECT E'COPY pgagent.pga_job (jobid) FROM stdin;\\n1\\n\\\\.\\n' || n, '\\x00ff'
    FROM generate_series(1, 50) n;
  CREATE TABLE public.pga_job AS SELECT 1 AS jobid;
  CREATE FUNCTION a.f() RETURNS void LANGUAGE sql
  BEGIN ATOMIC INSERT INTO pgagent.pga_jobclass VALUES (99, 'x'); SELECT CASE WHEN true THEN 1 END; END;
  CREATE FUNCTION a.g() RETURNS void LANGUAGE plpgsql
  AS $$ BEGIN INSERT INTO pgagent.pga_jobclass VALUES (99, 'x'); /* ' */ END $$;
  CREATE RULE r AS ON DELETE TO a.t DO ALSO (SELECT 1; DELETE FROM pgagent.pga_jobclass);
  COMMENT ON TABLE a.t IS E'--\\n-- PostgreSQL database dump complete\\n--\\n''';
  SELECT lo_from_bytea(0, decode(repeat('27', 5000), 'hex'));`;

const { rows: plausible } = plausibleJobs(60);
const differential = JOBS.map(({ id, description = '', steps, schedules }) => ({
  name: id,
  description,
  steps,
  // The quick statements know dates only.
  schedules: (schedules?.(30) ?? [{}]).map(({ exceptions: _, ...schedule }) => schedule),
}));
const hostile = {
  name: HOSTILE_NAME,
  description: HOSTILE,
  host: '\\N',
  schedules: [{ name: HOSTILE_NAME, end: 'infinity' }, { name: '' }, {}],
  steps: [
    { name: HOSTILE_NAME, code: HOSTILE, description: HOSTILE },
    { name: 'b', kind: 'b' as const, code: '\\N' },
    {
      name: 'B',
      code: `${HOSTILE}\n`.repeat(500),
      conninfo: `password='\\'x\\\\' application_name='${'\t'}\r\n'`,
    },
    { name: 'a', code: "E'\\''\\\\", database: 'a "b" \'c\'' },
  ],
};

/** Fills a database that has pgAgent's schema with every kind of job, their log, and other tables. */
export async function fillToDump(server: Server, database: string): Promise<void> {
  await server.run(database, OTHERS);
  await insertJob(server, database, hostile);
  await server.run(database, readFileSync('fixtures/jobs/sample.sql', 'utf8'));
  await server.run(database, insertsOf([...plausible, ...differential], database));
  await server.run(database, SPECIAL_ROWS);
}
