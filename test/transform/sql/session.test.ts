import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_SESSION_USE, sessionUse } from '../../../src/transform/sql/session-use.ts';
import { carriedSettings } from '../../../src/transform/sql/settings.ts';
import { sharedSession } from '../../../src/transform/sql/shared-session.ts';
import { LEFT_BEHIND } from './cases.ts';
import { statementsOf } from './statements.ts';

for (const [sql, expected] of LEFT_BEHIND) {
  test(`${sql} leaves ${expected.join(', ') || 'nothing'} behind`, () => {
    const left = sessionUse(statementsOf(sql)).left.filter(({ kind }) => kind !== 'sequence-value');
    assert.deepEqual(left.map(({ what }) => what).sort(), expected);
  });
}

/** Texts of steps, numbered from 1, and the links: what, left by, taken by. */
type Link = readonly [string, number, readonly number[]];
const JOBS: readonly (readonly [readonly string[], readonly Link[]])[] = [
  [['SELECT 1', 'SELECT 2'], []],
  [['CREATE TEMP TABLE x (a int)', 'INSERT INTO x VALUES (1)'], [['temporary table "x"', 1, [2]]]],
  [
    ['CREATE TEMP TABLE x (a int)', 'SELECT 1', 'SELECT * FROM x', 'DELETE FROM pg_temp.x'],
    [['temporary table "x"', 1, [3, 4]]],
  ],
  [['SELECT 1 a INTO TEMP x', 'DO $$ BEGIN DELETE FROM x; END $$'], [['temporary table "x"', 1, [2]]]],
  [['CREATE TEMP TABLE "X y" AS SELECT 1', 'TABLE "X y"'], [['temporary table "X y"', 1, [2]]]],
  [['CREATE TEMP TABLE x (a int)', 'SELECT * FROM public.x'], []],
  [['CREATE TEMP TABLE x (a int)', 'SELECT * FROM X, "X"'], [['temporary table "x"', 1, [2]]]],
  [['CREATE TEMP TABLE x (a int)', "SELECT 'x' AS x /* FROM x */ -- x"], []],
  [['CREATE TEMP TABLE x (a int)', 'WITH x AS (SELECT 1) SELECT * FROM x'], []],
  [['CREATE TEMP TABLE x (a int) ON COMMIT DROP', 'SELECT * FROM x'], []],
  [['CREATE TEMP TABLE x (a int); DROP TABLE x', 'SELECT * FROM x'], []],
  [['CREATE TEMP TABLE x (a int); DISCARD TEMP', 'SELECT * FROM x'], []],
  [
    ['CREATE TEMP TABLE x (a int)', 'DROP TABLE IF EXISTS x; CREATE TEMP TABLE x (a int); SELECT * FROM x'],
    [],
  ],
  [
    ['CREATE TEMP TABLE x (a int)', 'CREATE TEMP TABLE IF NOT EXISTS x (a int); SELECT * FROM x'],
    [['temporary table "x"', 1, [2]]],
  ],
  [['CREATE TEMP TABLE x (a int)', 'DROP TABLE x', 'SELECT * FROM x'], [['temporary table "x"', 1, [2]]]],
  [
    ['CREATE TEMP TABLE x (a int)', 'TABLE x', 'DROP TABLE x; CREATE TEMP TABLE x (b int)', 'TABLE x'],
    [
      ['temporary table "x"', 1, [2, 3]],
      ['temporary table "x"', 3, [4]],
    ],
  ],
  [['CREATE TEMP VIEW v AS SELECT 1', 'SELECT * FROM v'], [['temporary table "v"', 1, [2]]]],
  [
    ['CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$', 'SELECT pg_temp.f()'],
    [['temporary function "f"', 1, [2]]],
  ],
  [
    ['PREPARE p AS SELECT 1', 'EXECUTE p', 'DEALLOCATE p', 'EXECUTE p'],
    [['prepared statement "p"', 1, [2, 3]]],
  ],
  [['PREPARE p AS SELECT 1; DEALLOCATE ALL', 'EXECUTE p'], []],
  [['PREPARE p AS SELECT 1', 'CREATE TABLE t AS EXECUTE p'], [['prepared statement "p"', 1, [2]]]],
  [['DECLARE c CURSOR WITH HOLD FOR SELECT 1', 'FETCH c; CLOSE c'], [['cursor "c"', 1, [2]]]],
  [['BEGIN; DECLARE c CURSOR FOR SELECT 1; COMMIT', 'FETCH c'], []],
  [
    ['SELECT pg_advisory_lock(42)', 'SELECT 1', 'SELECT pg_advisory_unlock(42)'],
    [['advisory lock 42', 1, [3]]],
  ],
  [
    ['SELECT pg_advisory_lock(-1, 2::int)', 'SELECT pg_advisory_unlock(-1, 2)'],
    [['advisory lock -1, 2', 1, [2]]],
  ],
  [
    ["SELECT pg_try_advisory_lock(hashtext('a'))", "SELECT pg_advisory_unlock( hashtext( 'a' ) )"],
    [['an advisory lock', 1, [2]]],
  ],
  [['SELECT pg_advisory_lock(1)', 'SELECT 1'], [['advisory lock 1', 1, []]]],
  [['SELECT pg_advisory_lock_shared(1)', 'SELECT pg_advisory_unlock(1)'], [['advisory lock 1', 1, []]]],
  [['SELECT 1', 'SELECT pg_advisory_lock(1)'], []],
  [['SELECT pg_advisory_lock(1); SELECT pg_advisory_unlock(1)', 'SELECT 1'], []],
  [
    ['SELECT pg_advisory_lock(1), pg_advisory_lock_shared(2); SELECT pg_advisory_unlock_all()', 'SELECT 1'],
    [],
  ],
  [['SELECT pg_advisory_xact_lock(1)', 'SELECT 1'], []],
  [
    ['DO $$ BEGIN IF NOT pg_try_advisory_lock(7) THEN RAISE EXCEPTION $m$busy$m$; END IF; END $$', 'VACUUM'],
    [['advisory lock 7', 1, []]],
  ],
  [["SELECT 'pg_advisory_lock(1)', mine.pg_advisory_lock(1)", 'SELECT 1'], []],
  [
    ["SELECT nextval('s')", "SELECT currval('s')"],
    [['the last value of a sequence (currval, lastval)', 1, [2]]],
  ],
  [
    ['INSERT INTO t DEFAULT VALUES', 'INSERT INTO u SELECT lastval()'],
    [['the last value of a sequence (currval, lastval)', 1, [2]]],
  ],
  [["SELECT nextval('s')", "SELECT nextval('s'); SELECT currval('s')"], []],
  [["SELECT currval('s')", "SELECT nextval('s')"], []],
  [['SET ROLE app', 'SELECT 1', 'RESET ROLE', 'SELECT 2'], [['SET ROLE "app"', 1, [2]]]],
  [['SET ROLE app; SELECT 1; RESET ROLE', 'SELECT 2'], []],
  [['SET ROLE app; SELECT 1; RESET ALL', 'SELECT 2'], [['SET ROLE "app"', 1, [2]]]],
  [['SET LOCAL ROLE app; SELECT 1', 'SELECT 2'], []],
  [
    ['SET ROLE app', 'DO $$ BEGIN SET ROLE other; PERFORM 1; END $$', 'SELECT 2'],
    [['SET ROLE "other"', 2, [3]]],
  ],
  [['SET ROLE app', 'SET ROLE other; SELECT 1', 'SELECT 2'], [['SET ROLE "other"', 2, [3]]]],
  [["SELECT set_config('role', 'app', false)", 'SELECT 1'], [['SET ROLE "app"', 1, [2]]]],
  [['SET SESSION AUTHORIZATION app', 'SELECT 1'], [['SET SESSION AUTHORIZATION "app"', 1, [2]]]],
  [['SET ROLE app; SET SESSION AUTHORIZATION other; RESET SESSION AUTHORIZATION', 'SELECT 1'], []],
  [['SET ROLE app', 'SET SESSION AUTHORIZATION other; SELECT 1; RESET SESSION AUTHORIZATION'], []],
  [['SET ROLE app', 'DISCARD ALL', 'SELECT 1'], []],
  [['CREATE TYPE pg_temp.e AS ENUM ($$a$$)', "SELECT 'a'::pg_temp.e"], [['temporary type "e"', 1, [2]]]],
  [['CREATE DOMAIN pg_temp.d AS int', 'CREATE TABLE t (a d)'], [['temporary type "d"', 1, [2]]]],
  [['CREATE DOMAIN pg_temp.d AS int', 'SELECT 1::other.d, 2::int'], []],
  [["LOAD 'auto_explain'", 'SELECT 1'], [['the loaded library "auto_explain"', 1, []]]],
  [["SELECT 1; LOAD 'auto_explain'"], []],
  [['LISTEN a', 'SELECT 1'], []],
  [['LISTEN a', 'SELECT pg_listening_channels()'], [['LISTEN "a"', 1, [2]]]],
  [['LISTEN a; UNLISTEN *', 'SELECT pg_listening_channels()'], []],
  [['LISTEN a; UNLISTEN a', 'SELECT pg_listening_channels()'], []],
  [['LISTEN a; DISCARD ALL', 'SELECT pg_listening_channels()'], []],
  [['SELECT setseed(0.5)', 'SELECT random()'], [['the seed of random()', 1, [2]]]],
  [['SET seed TO 0.5', 'SELECT 1', 'SELECT * FROM normal_rand(1, 2, 3)'], [['the seed of random()', 1, [3]]]],
  [['SELECT setseed(0.5)', 'SELECT setseed(0.5); SELECT random()'], []],
  [['SELECT setseed(0.5), random()', 'SELECT mine.random()'], []],
  [
    ["SELECT pg_backup_start('x')", 'SELECT 1', 'SELECT * FROM pg_backup_stop()'],
    [['the backup that pg_backup_start began', 1, [3]]],
  ],
  [["SELECT pg_backup_start('x'); SELECT pg_backup_stop()", 'SELECT 1'], []],
  [
    ["SELECT pg_start_backup('x', true, false)", 'SELECT pg_stop_backup(false)'],
    [['the backup that pg_backup_start began', 1, [2]]],
  ],
  // An exclusive backup is the server's.
  [["SELECT pg_start_backup('x', true)", 'SELECT pg_stop_backup()'], []],
  [
    [
      "SELECT pg_create_logical_replication_slot('s', 'test_decoding', true)",
      "SELECT * FROM pg_logical_slot_get_changes('s', NULL, NULL)",
    ],
    [['temporary replication slot "s"', 1, [2]]],
  ],
  [
    ["SELECT pg_create_physical_replication_slot('s', temporary => true)", 'SELECT 1'],
    [['temporary replication slot "s"', 1, []]],
  ],
  [
    [
      "SELECT pg_create_logical_replication_slot('s', 'test_decoding')",
      "SELECT pg_drop_replication_slot('s')",
    ],
    [],
  ],
  [
    [
      "SELECT pg_replication_origin_session_setup('o')",
      'INSERT INTO t VALUES (1); SELECT pg_replication_origin_session_reset()',
    ],
    [['the replication origin of the session', 1, [2]]],
  ],
  [
    [
      "SELECT dblink_connect('c', 'dbname=x')",
      "SELECT dblink_exec('c', 'DELETE FROM t')",
      "SELECT dblink_disconnect('c')",
    ],
    [['dblink connection "c"', 1, [2, 3]]],
  ],
  [
    ["SELECT ext.dblink_connect('dbname=x')", "SELECT * FROM ext.dblink('SELECT 1') AS t (a int)"],
    [['dblink connection', 1, [2]]],
  ],
  [["SELECT dblink_connect('c', 'dbname=x')", "SELECT dblink_exec('dbname=y', 'DELETE FROM t', false)"], []],
  [
    ["SELECT dblink_connect('c', 'dbname=x')", 'SELECT dblink_get_connections()'],
    [['dblink connection "c"', 1, [2]]],
  ],
  [["SELECT dblink_connect('c', 'x'); SELECT dblink_disconnect('c')", "SELECT dblink_connect('c', 'x')"], []],
  [['SELECT isn_weak(true)', "INSERT INTO b VALUES ('1')"], [['the weak mode of isn', 1, []]]],
  [['SELECT isn_weak(true); SELECT isn_weak(false)', "INSERT INTO b VALUES ('1')"], []],
  [
    ['DO LANGUAGE plperl $$ $_SHARED{a} = 1 $$', 'DO LANGUAGE plperl $$ elog(NOTICE, $_SHARED{a}) $$'],
    [['memory of a procedural language "plperl"', 1, [2]]],
  ],
  [['DO LANGUAGE plperl $$ $x = 1 $$', 'DO LANGUAGE plperl $$ $x = 1 $$'], []],
  [
    ['INSERT INTO owner SELECT pg_backend_pid()', 'SELECT 1 FROM owner WHERE pid = pg_backend_pid()'],
    [['pg_backend_pid() as it was stored', 1, [2]]],
  ],
  [
    [
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
      'SELECT pg_backend_pid()',
    ],
    [],
  ],
  [
    ['PREPARE p AS SELECT 1', 'SELECT name FROM pg_prepared_statements'],
    [['prepared statement "p"', 1, [2]]],
  ],
  [['CREATE TEMP SEQUENCE x', "SELECT nextval('x')"], [['temporary table "x"', 1, [2]]]],
  [['CREATE TEMP TABLE x (a int)', "SELECT 'pg_temp.x'::regclass"], [['temporary table "x"', 1, [2]]]],
  [
    ['CREATE TEMP TABLE x (a int)', "DO $$ BEGIN IF to_regclass('x') IS NULL THEN RETURN; END IF; END $$"],
    [['temporary table "x"', 1, [2]]],
  ],
  [
    ['CREATE TEMP TABLE x (a int)', "SELECT 1 FROM information_schema.tables WHERE table_name = 'x'"],
    [['temporary table "x"', 1, [2]]],
  ],
  [['CREATE TEMP TABLE x (a int)', "SELECT 'public.x'::regclass, nextval('y')"], []],
  [['CREATE TEMP TABLE x (a int)', "UPDATE job SET state = 'x'"], []],
  [
    ['DO LANGUAGE plv8 $$ plv8.seen = 1 $$', 'DO LANGUAGE plv8 $$ if (plv8.seen == 1) plv8.seen = 2 $$'],
    [['memory of a procedural language "plv8"', 1, [2]]],
  ],
  [
    ["SET My.actor = 'x'", "SELECT current_setting('my.Actor', true)", 'SHOW my.actor'],
    [['custom setting "my.actor"', 1, [2, 3]]],
  ],
  [
    ["SELECT set_config('my.x', '1', true)", "SELECT current_setting('my.x')"],
    [['custom setting "my.x"', 1, [2]]],
  ],
  [["SET my.x = '1'", "SET my.x = '2'; SELECT current_setting('my.x')"], []],
  [["SET my.x = '1'", "SELECT current_setting('my.y', true), current_setting('work_mem')"], []],
  // pgAgent resets these behind each step.
  [["SET work_mem = '1GB'; SET search_path = x", 'SELECT 1'], []],
];
for (const [texts, links] of JOBS) {
  test(`steps ${texts.join(' | ')}: ${links.length === 0 ? 'nothing shared' : JSON.stringify(links)}`, () => {
    const found = sharedSession(
      texts.map((sql, index) => ({
        stepId: index + 1,
        connectionKey: 'app',
        use: sessionUse(statementsOf(sql)),
      })),
    );
    assert.deepEqual(
      found.map(({ what, leftBy, takenBy }) => [what, leftBy, takenBy]),
      links,
    );
  });
}

test('steps with different connections share nothing, and a lock is held on beside them', () => {
  const steps = ['CREATE TEMP TABLE x (a int); SELECT pg_advisory_lock(1)', 'TABLE x'].map((sql, index) => ({
    stepId: index + 10,
    connectionKey: `database ${index}`,
    use: sessionUse(statementsOf(sql)),
  }));
  assert.deepEqual(sharedSession(steps), [
    { kind: 'advisory-lock', what: 'advisory lock 1', leftBy: 10, takenBy: [], madeAgainBy: [] },
  ]);
});

/** Texts of steps, numbered from 1; which of them made anew what an earlier one had left. */
const MADE_TWICE: readonly (readonly [
  readonly string[],
  readonly (readonly [string, readonly number[]])[],
])[] = [
  [['CREATE TEMP TABLE x (a int)', 'CREATE TEMP TABLE x (a int)'], [['temporary table "x"', [2]]]],
  [
    ['CREATE TEMP TABLE x (a int)', 'SELECT 1 AS a INTO TEMP x; DROP TABLE x'],
    [['temporary table "x"', [2]]],
  ],
  [['CREATE TEMP TABLE x (a int)', 'CREATE TEMP VIEW x AS SELECT 1'], [['temporary table "x"', [2]]]],
  [['CREATE TEMP TABLE x (a int)', 'CREATE TABLE x (a int)'], []],
  [['CREATE TEMP TABLE x (a int)', 'DROP TABLE IF EXISTS x; CREATE TEMP TABLE x (a int)'], []],
  [['CREATE TEMP TABLE x (a int)', 'DISCARD TEMP; CREATE TEMP TABLE x (a int)'], []],
  [['CREATE TEMP TABLE x (a int); DROP TABLE x', 'CREATE TEMP TABLE x (a int)'], []],
  [['CREATE TEMP TABLE x (a int) ON COMMIT DROP', 'CREATE TEMP TABLE x (a int)'], []],
  [['CREATE TEMP VIEW v AS SELECT 1', 'CREATE OR REPLACE TEMP VIEW v AS SELECT 2'], []],
  [['PREPARE p AS SELECT 1', 'PREPARE p AS SELECT 2'], [['prepared statement "p"', [2]]]],
  [['PREPARE p AS SELECT 1', 'DEALLOCATE ALL; PREPARE p AS SELECT 2'], []],
  [['DECLARE c CURSOR WITH HOLD FOR SELECT 1', 'DECLARE c CURSOR FOR SELECT 1'], [['cursor "c"', [2]]]],
  [["SELECT dblink_connect('c', 'x')", "SELECT dblink_connect('c', 'y')"], [['dblink connection "c"', [2]]]],
  [
    ["SELECT pg_backup_start('a')", "SELECT pg_backup_start('b')"],
    [['the backup that pg_backup_start began', [2]]],
  ],
  [['SELECT pg_advisory_lock(1)', 'SELECT pg_advisory_lock(1)'], [['advisory lock 1', []]]],
  [['LISTEN a', 'LISTEN a'], []],
];
for (const [sqls, expected] of MADE_TWICE) {
  test(`made twice: ${sqls.join(' | ')}`, () => {
    const steps = sqls.map((sql, index) => ({
      stepId: index + 1,
      connectionKey: 'app',
      use: sessionUse(statementsOf(sql)),
    }));
    assert.deepEqual(
      sharedSession(steps).map(({ what, madeAgainBy }) => [what, madeAgainBy]),
      expected,
    );
  });
}

test('a program works beside locks, backups and slots, and has no session', () => {
  const steps = [
    "SELECT pg_advisory_lock(1), pg_backup_start('b'); LOAD 'a'; CREATE TEMP TABLE x ()",
    null,
  ].map((sql, index) => ({
    stepId: index + 1,
    connectionKey: sql === null ? null : 'app',
    use: sql === null ? NO_SESSION_USE : sessionUse(statementsOf(sql)),
  }));
  assert.deepEqual(
    sharedSession(steps).map(({ kind }) => kind),
    ['advisory-lock', 'backup'],
  );
});

test('what a text ends and makes again is left behind, not ended', () => {
  const { left, ended } = sessionUse(statementsOf('DROP TABLE IF EXISTS x; CREATE TEMP TABLE x (a int)'));
  assert.deepEqual(
    [left, ended].map((things) => things.map(({ what }) => what)),
    [['temporary table "x"'], []],
  );
});

const SETTINGS: readonly (readonly [string, readonly string[]])[] = [
  ['SELECT 1', []],
  ["SET work_mem = '1GB'; SET Search_Path TO x", ['search_path', 'work_mem']],
  ['SET LOCAL statement_timeout = 0', ['statement_timeout']],
  ["SET TIME ZONE 'UTC'", ['timezone']],
  [
    "SELECT set_config('app.user', 'x', false), set_config('work_mem', '1MB', true)",
    ['app.user', 'work_mem'],
  ],
  ['SET ROLE app', ['role']],
  ['SET SESSION AUTHORIZATION app', ['session_authorization']],
  ['SET TRANSACTION READ ONLY', ['transaction_read_only']],
  // It holds for transactions to come, and the tasks of a chain are in one that has begun.
  ['SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY', []],
  ["SET work_mem = '1GB'; SELECT 1; RESET work_mem", []],
  ["SET work_mem = '1GB'; SET work_mem TO DEFAULT", []],
  ["SET work_mem = '1GB'; SET ROLE app; RESET ALL", ['role']],
  ['SET ROLE app; RESET ROLE; SET ROLE none', []],
  ["DO $$ BEGIN SET work_mem = '1GB'; EXECUTE 'SET role x'; END $$", ['role', 'work_mem']],
  ["CREATE FUNCTION f() RETURNS int LANGUAGE sql SET work_mem = '1GB' AS $$ SELECT 1 $$", []],
  ["ALTER ROLE app SET work_mem = '1GB'", []],
  ["SELECT 'SET work_mem = 1' -- SET role x", []],
];
for (const [sql, names] of SETTINGS) {
  test(`${sql} sets ${names.join(', ') || 'nothing'} for what is behind it in its transaction`, () => {
    assert.deepEqual(carriedSettings(statementsOf(sql)), names);
  });
}
