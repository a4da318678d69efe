import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectUse } from '../../../src/transform/sql/object-use.ts';
import { objectsUsed } from '../../../src/transform/sql/objects-used.ts';
import { statementsOf } from './statements.ts';

/** A relation is `name: rights`, a function `name()`, a schema `schema name`; a role attribute its name. */
function shown(use: ObjectUse): string {
  if (use.kind === 'role-attribute') return use.what;
  if (use.kind === 'schema') return `schema ${use.schema ?? '?'}`;
  const name = use.schema === null ? use.name : `${use.schema}.${use.name}`;
  return use.kind === 'relation' ? `${name}: ${use.rights.join(' ')}` : `${name}()`;
}

const CASES: readonly (readonly [string, readonly string[]])[] = [
  [
    'SELECT * FROM a, s.b JOIN "C d" ON true WHERE EXISTS (SELECT 1 FROM e)',
    ['a: SELECT', 's.b: SELECT', 'C d: SELECT', 'e: SELECT'],
  ],
  ['INSERT INTO a VALUES (1)', ['a: INSERT']],
  ['INSERT INTO a SELECT * FROM a', ['a: INSERT SELECT']],
  ['INSERT INTO a VALUES (1) RETURNING b', ['a: INSERT SELECT']],
  ['INSERT INTO a VALUES (1) ON CONFLICT (b) DO NOTHING', ['a: INSERT SELECT']],
  ['INSERT INTO a VALUES (1) ON CONFLICT (b) DO UPDATE SET c = 1', ['a: INSERT UPDATE SELECT']],
  ['UPDATE a SET b = 1', ['a: UPDATE']],
  ['UPDATE a SET b = 1 WHERE c = 2', ['a: UPDATE SELECT']],
  ['UPDATE a SET b = 1 FROM d WHERE a.c = d.c', ['a: UPDATE SELECT', 'd: SELECT']],
  ['DELETE FROM a', ['a: DELETE']],
  ['DELETE FROM a USING b WHERE a.c = b.c', ['a: DELETE SELECT', 'b: SELECT']],
  ['DELETE FROM a RETURNING b', ['a: DELETE SELECT']],
  [
    'MERGE INTO a USING b ON a.c = b.c WHEN MATCHED THEN UPDATE SET d = 1 WHEN NOT MATCHED THEN INSERT VALUES (1)',
    ['a: UPDATE INSERT SELECT', 'b: SELECT'],
  ],
  ['TRUNCATE a, s.b', ['a: TRUNCATE', 's.b: TRUNCATE']],
  ['DELETE FROM a; SELECT * FROM a', ['a: DELETE SELECT']],
  ['WITH w AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM w', ['b: INSERT', 'a: DELETE SELECT']],
  ['WITH RECURSIVE w AS (SELECT 1 UNION ALL SELECT * FROM w) TABLE w', []],
  ['WITH w AS (SELECT 1) INSERT INTO w SELECT * FROM w', ['w: INSERT']],
  ['WITH w AS (SELECT 1) SELECT * FROM w, s.w', ['s.w: SELECT']],
  ['WITH w AS (SELECT 1) SELECT * FROM (WITH x AS (TABLE w) TABLE x) y', []],
  ['SELECT * FROM (WITH w AS (SELECT 1) TABLE w) x, w', ['w: SELECT']],
  ['VACUUM a; ANALYZE b', ['a: OWNER', 'b: OWNER']],
  ['VACUUM', ['database owner']],
  ['REINDEX TABLE a', ['a: OWNER']],
  ['REINDEX DATABASE app', ['database owner']],
  ['CLUSTER a USING i', ['a: OWNER']],
  ['REFRESH MATERIALIZED VIEW CONCURRENTLY m', ['m: OWNER']],
  ['CREATE INDEX CONCURRENTLY ON s.a (b)', ['s.a: OWNER', 'schema s']],
  ['CREATE INDEX i ON a (b); DROP INDEX i', ['a: OWNER', 'schema ?']],
  ['CREATE TEMP TABLE a (b int); CREATE INDEX ON a (b)', []],
  ['ALTER TABLE a ATTACH PARTITION b FOR VALUES IN (1)', ['a: OWNER', 'b: OWNER']],
  ['ALTER TABLE a RENAME TO b', ['a: OWNER', 'schema ?']],
  ['ALTER TABLE a RENAME b TO c', ['a: OWNER']],
  ['DROP TABLE IF EXISTS a, s.b', ['a: OWNER', 's.b: OWNER']],
  ['DROP INDEX CONCURRENTLY i', ['i: OWNER']],
  ["COMMENT ON TABLE a IS 'x'", ['a: OWNER']],
  // The right is asked for when the view is used.
  ['CREATE VIEW v AS SELECT * FROM a', ['a: SELECT', 'schema ?']],
  ['CREATE TABLE s.a PARTITION OF b FOR VALUES IN (1)', ['b: OWNER', 'schema s']],
  ['CREATE TABLE a (b int REFERENCES c)', ['c: REFERENCES', 'schema ?']],
  ['CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION s.f()', ['a: TRIGGER', 's.f()']],
  ['CREATE TABLE a AS SELECT * FROM b; INSERT INTO a SELECT 1; DROP TABLE a', ['b: SELECT', 'schema ?']],
  ['CREATE TEMP TABLE a AS SELECT * FROM b; DELETE FROM a; DELETE FROM pg_temp.a', ['b: SELECT']],
  ['SELECT 1 x INTO TEMP a; TABLE a', []],
  ['TABLE pg_temp.a', []],
  [
    'CREATE TABLE s.a (b int); SET search_path = s; DELETE FROM a; DELETE FROM other.a',
    ['other.a: DELETE', 'schema s'],
  ],
  ['CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT a FROM b $$; SELECT f()', ['schema ?']],
  ['SELECT f(g(1)), s.h(), count(*) FROM srf(2)', ['f()', 'g()', 's.h()', 'count()', 'srf()']],
  ['CALL s.p(f(1))', ['s.p()', 'f()']],
  [
    'DO $$ BEGIN PERFORM f(); DELETE FROM a; EXECUTE $q$ANALYZE b$q$; END $$',
    ['a: DELETE', 'b: OWNER', 'f()'],
  ],
  ["DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'part_' || n); END $$", ['format()']],
  ["DO $$ BEGIN EXECUTE format('SELECT 7 %% 2; TRUNCATE %I', 'a'); END $$", ['a: TRUNCATE', 'format()']],
  ["COPY a FROM '/x'", ['a: INSERT', 'pg_read_server_files']],
  ["COPY (SELECT * FROM a) TO '/x'", ['a: SELECT', 'pg_write_server_files']],
  ["COPY a TO PROGRAM 'gzip > x'", ['a: SELECT', 'pg_execute_server_program']],
  ['COPY a TO STDOUT', ['a: SELECT']],
  ['CREATE DATABASE x', ['CREATEDB']],
  ['CREATE ROLE x', ['CREATEROLE']],
  ["ALTER SYSTEM SET work_mem = '1MB'", ['SUPERUSER']],
  ['CHECKPOINT', ['pg_checkpoint']],
  ['SET SESSION AUTHORIZATION x', ['SUPERUSER']],
  ["LOAD 'auto_explain'", ['SUPERUSER']],
  ["LOAD '$libdir/plugins/x'", []],
  ["SELECT 'DELETE FROM a' /* FROM b */ -- FROM c", []],
  ['LOCK TABLE a IN EXCLUSIVE MODE', []],
];
for (const [sql, expected] of CASES) {
  test(`${sql} needs ${expected.join(', ') || 'no right'}`, () => {
    assert.deepEqual(objectsUsed(statementsOf(sql)).map(shown), expected);
  });
}
