import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pgagentUse } from '../../../src/transform/sql/pgagent-use.ts';
import { statementsOf } from './statements.ts';

const CASES: readonly (readonly [string, { writes?: readonly string[]; reads?: readonly string[] }])[] = [
  ['SELECT 1', {}],
  ['SELECT * FROM pgagent.pga_job', { reads: ['pgagent.pga_job'] }],
  [
    'SELECT count(*) FROM x JOIN (SELECT jlgid FROM "pgagent"."pga_joblog") l ON true',
    { reads: ['pgagent.pga_joblog'] },
  ],
  ['UPDATE pgagent.pga_job SET jobnextrun = now()', { writes: ['pgagent.pga_job'] }],
  ['INSERT INTO pgagent.pga_job (jobname) SELECT n FROM names', { writes: ['pgagent.pga_job'] }],
  [
    'DELETE FROM pgagent.pga_jobsteplog WHERE jsljlgid IN (SELECT jlgid FROM pgagent.pga_joblog)',
    { writes: ['pgagent.pga_jobsteplog'], reads: ['pgagent.pga_joblog'] },
  ],
  ['MERGE INTO pgagent.pga_job USING n ON true WHEN MATCHED THEN DELETE', { writes: ['pgagent.pga_job'] }],
  ['TRUNCATE public.x, pgagent.pga_joblog CASCADE', { writes: ['pgagent.pga_joblog'] }],
  [
    'WITH gone AS (DELETE FROM pgagent.pga_joblog RETURNING *) SELECT count(*) FROM gone',
    { writes: ['pgagent.pga_joblog'] },
  ],
  ["COPY pgagent.pga_job FROM '/x'", { writes: ['pgagent.pga_job'] }],
  ["COPY pgagent.pga_job TO '/x'", { reads: ['pgagent.pga_job'] }],
  ['ALTER TABLE pgagent.pga_job DISABLE TRIGGER ALL', { writes: ['pgagent.pga_job'] }],
  ['DROP TABLE public.y, pgagent.pga_job', { writes: ['pgagent.pga_job'] }],
  [
    'CREATE TRIGGER a AFTER INSERT ON pgagent.pga_joblog EXECUTE FUNCTION f()',
    { writes: ['pgagent.pga_joblog'] },
  ],
  ['DROP TRIGGER a ON pgagent.pga_joblog', { writes: ['pgagent.pga_joblog'] }],
  ['DROP SCHEMA pgagent CASCADE', { writes: ['schema pgagent'] }],
  ['DROP EXTENSION pgagent', { writes: ['extension pgagent'] }],
  ['ALTER EXTENSION pgagent UPDATE', { writes: ['extension pgagent'] }],
  ['SELECT pgagent.pga_next_schedule(1, now(), null, null)', { reads: ['pgagent.pga_next_schedule()'] }],
  ['CALL pgagent.mine()', { reads: ['pgagent.mine()'] }],
  // A word is not a use.
  ["SELECT 'UPDATE pgagent.pga_job'", {}],
  ['-- DELETE FROM pgagent.pga_job\nSELECT 1 /* pgagent.pga_job /* x */ */', {}],
  ['SELECT $$ DELETE FROM pgagent.pga_job $$', {}],
  ["SELECT E'\\' FROM pgagent.pga_job --'", {}],
  ['SELECT "pgagent.pga_job" FROM "pgagent.pga_job"', {}],
  ['SELECT pgagent.pga_job FROM pgagent', {}],
  ['CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DELETE FROM pgagent.pga_job $$', {}],
  ['CREATE FUNCTION f() RETURNS void LANGUAGE sql BEGIN ATOMIC DELETE FROM pgagent.pga_job; END', {}],
  ['SELECT * FROM "PGAGENT".pga_job', {}],
  // Without the schema, the search path says whose.
  // The role's or the database's search_path can lead there.
  ['UPDATE pga_job SET jobnextrun = now()', { writes: ['pgagent.pga_job'] }],
  ['SET search_path = public; UPDATE pga_job SET jobnextrun = now()', {}],
  [
    'SET search_path = public, pgagent; UPDATE pga_job SET jobnextrun = now()',
    { writes: ['pgagent.pga_job'] },
  ],
  ["SET search_path TO 'pgagent'; SELECT * FROM pga_job, mine", { reads: ['pgagent.pga_job'] }],
  [
    'SET LOCAL search_path = pgagent; SELECT pga_next_schedule(1)',
    { reads: ['pgagent.pga_next_schedule()'] },
  ],
  [
    "SELECT set_config('search_path', 'public, \"pgagent\"', true); TRUNCATE pga_joblog",
    { writes: ['pgagent.pga_joblog'] },
  ],
  ['UPDATE pga_jobs SET jobnextrun = now(); SET search_path = pgagent', {}],
  ['SET search_path = pgagent; RESET search_path; UPDATE pga_job SET jobnextrun = now()', {}],
  ['SET search_path = pgagent; RESET ALL; UPDATE pga_job SET jobnextrun = now()', {}],
  ['SET search_path = pgagent; SET search_path = public; SELECT * FROM pga_job', {}],
  ['SET search_path = pgagent; WITH pga_job AS (SELECT 1) SELECT * FROM pga_job', {}],
  [
    'SET search_path = pgagent; WITH pga_job AS (SELECT * FROM pga_job) SELECT * FROM pga_job',
    { reads: ['pgagent.pga_job'] },
  ],
  [
    'SET search_path = pgagent; WITH RECURSIVE pga_job AS (SELECT 1 UNION SELECT * FROM pga_job) SELECT * FROM pga_job',
    {},
  ],
  // Blocks, and text that they execute.
  ['DO $$ BEGIN DELETE FROM pgagent.pga_joblog; END $$', { writes: ['pgagent.pga_joblog'] }],
  ["DO $$ BEGIN RAISE NOTICE 'pgagent.pga_job'; END $$", {}],
  ["DO $$ BEGIN EXECUTE 'TRUNCATE pgagent.' || 'pga_joblog'; END $$", { writes: ['pgagent.pga_joblog'] }],
  [
    "DO $$ BEGIN EXECUTE format('DELETE FROM %I.%s WHERE jlgid < %L', 'pgagent', 'pga_joblog', x); END $$",
    { writes: ['pgagent.pga_joblog'] },
  ],
  ['DO $$ DECLARE n int; BEGIN n := count(*) FROM pgagent.pga_job; END $$', { reads: ['pgagent.pga_job'] }],
  [
    "DO $$ BEGIN PERFORM set_config('search_path', 'pgagent', true); DELETE FROM pga_joblog; END $$",
    { writes: ['pgagent.pga_joblog'] },
  ],
];
for (const [sql, expected] of CASES) {
  test(`${sql} uses ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(pgagentUse(statementsOf(sql)), { writes: [], reads: [], ...expected });
  });
}
