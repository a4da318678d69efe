import assert from 'node:assert/strict';
import { test } from 'node:test';
import { insertedTable, readStatement, useOf } from '../../../src/pgagent/dump/statements.ts';

for (const [head, use] of [
  ['COPY public.orders ', 'text'],
  ['INSERT INTO pgagent.pga_job VALUES ', 'groups'],
  ['INSERT INTO "pgagent"."pga_job" ', 'groups'],
  ['INSERT INTO pgagent.pga_jobsteplog VALUES ', 'skip'],
  ['INSERT INTO public.pga_job VALUES ', 'skip'],
  ['INSERT INTO pga_job VALUES ', 'skip'],
  ['CREATE TABLE pgagent.pga_job ', 'text'],
  ['CREATE TABLE IF NOT EXISTS pgagent.pga_job ', 'text'],
  ['CREATE UNLOGGED TABLE pgagent.pga_joblog ', 'text'],
  ['CREATE TABLE public.orders ', 'skip'],
  ['CREATE FUNCTION public.f', 'routine'],
  ['CREATE OR REPLACE PROCEDURE "My Schema"."p"', 'routine'],
  ['CREATE FUNCTION pgagent.pgagent_schema_version', 'text'],
  ['SET client_encoding = ', 'text'],
  ['SET statement_timeout = 0', 'skip'],
  ['SELECT pg_catalog.set_config', 'text'],
  ['SELECT pg_catalog.setval', 'skip'],
  ['CREATE EXTENSION IF NOT EXISTS pgagent WITH SCHEMA pgagent', 'text'],
  ['COMMENT ON TABLE pgagent.pga_job IS ', 'skip'],
  ['ALTER TABLE ONLY pgagent.pga_job ALTER COLUMN jobid SET DEFAULT nextval', 'skip'],
] as const)
  test(`a statement that begins with ${head}: ${use}`, () => assert.equal(useOf(head, []), use));

test('before PostgreSQL 10.3 pg_dump set the search path and named tables without their schema', () => {
  assert.equal(useOf('INSERT INTO pga_job VALUES ', ['pgagent', 'pg_catalog']), 'groups');
  assert.equal(insertedTable('INSERT INTO pga_job VALUES ', ['pgagent']), 'pga_job');
  assert.deepEqual(readStatement('COPY pga_job (jobid, jobname) FROM stdin', ['pgagent', 'pg_catalog']), {
    kind: 'copy',
    table: 'pga_job',
    columns: ['jobid', 'jobname'],
  });
  assert.deepEqual(readStatement('COPY pga_job (jobid) FROM stdin', ['public']), {
    kind: 'copy',
    table: null,
    columns: ['jobid'],
  });
});

for (const [text, statement] of [
  [
    'COPY "pgagent"."pga_job" ("jobid", "my "")"" column") FROM stdin',
    { kind: 'copy', table: 'pga_job', columns: ['jobid', 'my ")" column'] },
  ],
  [
    'COPY pgagent.pga_job (jobid) WITH OIDS FROM stdin',
    { kind: 'copy', table: 'pga_job', columns: ['oid', 'jobid'] },
  ],
  ['COPY public."a (b)" ("c)") FROM stdin', { kind: 'copy', table: null, columns: ['c)'] }],
  ['COPY t FROM stdin WITH (FORMAT csv)', { kind: 'copy', table: null, columns: [] }],
  ["COPY t FROM '/tmp/x'", null],
  ["SET client_encoding = 'LATIN1'", { kind: 'set', name: 'client_encoding', value: "'LATIN1'" }],
  [
    'SET standard_conforming_strings = off',
    { kind: 'set', name: 'standard_conforming_strings', value: 'off' },
  ],
  [
    'SET search_path = pgagent, pg_catalog',
    { kind: 'set', name: 'search_path', value: 'pgagent, pg_catalog' },
  ],
  [
    "SELECT pg_catalog.set_config('search_path', '', false)",
    { kind: 'set', name: 'search_path', value: "''" },
  ],
  ['CREATE EXTENSION IF NOT EXISTS pgagent WITH SCHEMA pgagent', { kind: 'pgagent' }],
  ['CREATE EXTENSION pgcrypto', null],
  ['CREATE SCHEMA pgagent', { kind: 'pgagent' }],
  [
    'CREATE FUNCTION pgagent.pgagent_schema_version() RETURNS smallint\n    LANGUAGE plpgsql\n    AS $$\nBEGIN\n    -- RETURNS PGAGENT MAJOR VERSION\n    RETURN 3;\nEND;\n$$',
    { kind: 'schema-version', version: '3' },
  ],
  [
    "CREATE TABLE pgagent.pga_job (\n    jobid integer NOT NULL,\n    \"jobname\" text DEFAULT 'a, (b'::text,\n    price numeric(10,2),\n    CONSTRAINT c CHECK ((jobid > 0) AND (jobname <> ','::text)),\n    PRIMARY KEY (jobid, jobname)\n)\nINHERITS (a, b)",
    { kind: 'table', table: 'pga_job', columns: ['jobid', 'jobname', 'price'] },
  ],
] as const)
  test(`the statement ${text.slice(0, 60)}`, () => assert.deepEqual(readStatement(text, []), statement));
