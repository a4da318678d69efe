import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { looksAtSessions } from '../../../src/transform/sql/looks-at-sessions.ts';
import { isNoisy } from '../../../src/transform/sql/notices.ts';
import { statementsOf } from './statements.ts';

describe('SQL that sees the transaction of its own chain', () => {
  const cases: readonly [string, readonly string[], boolean][] = [
    [
      "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'",
      ['pg_stat_activity'],
      false,
    ],
    [
      "DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity WHERE xact_start < now() - interval '1h') THEN RAISE EXCEPTION 'x'; END IF; END $$",
      ['pg_stat_activity'],
      false,
    ],
    ['SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid)', ['pg_locks', 'pg_stat_activity'], false],
    ['SELECT * FROM pg_stat_get_activity(NULL)', ['pg_stat_get_activity'], false],
    ['SELECT numbackends FROM pg_stat_database', ['pg_stat_database.numbackends'], false],
    ['WITH pg_locks AS (SELECT 1) SELECT * FROM pg_locks', [], false],
    ['SELECT * FROM mine.pg_locks', [], false],
    ["SELECT 'pg_stat_activity' -- FROM pg_locks", [], false],
    ['SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()', [], false],
    ['SELECT 1 FROM pg_stat_activity WHERE pid <> pg_backend_pid()', ['pg_stat_activity'], false],
    ["SELECT 1 FROM pg_stat_activity WHERE backend_type = 'walsender'", [], false],
    ["SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend'", ['pg_stat_activity'], false],
    ["SELECT 1 FROM pg_stat_activity WHERE application_name = 'billing'", [], false],
    ["SELECT 1 FROM pg_stat_activity WHERE application_name IN ('a', 'b')", [], false],
    ["SELECT 1 FROM pg_stat_activity WHERE application_name <> 'pg_timetable'", [], false],
    ["SELECT 1 FROM pg_stat_activity WHERE application_name = ''", ['pg_stat_activity'], true],
    ["SELECT 1 FROM pg_stat_activity WHERE application_name <> 'psql'", ['pg_stat_activity'], true],
    [
      "SELECT 1 FROM pg_stat_activity WHERE application_name IN ('a', 'pg_timetable')",
      ['pg_stat_activity'],
      true,
    ],
    ["INSERT INTO log SELECT current_setting('application_name')", [], true],
    ['SHOW application_name', [], true],
    ['SELECT application_name FROM pg_stat_activity WHERE pid = pg_backend_pid()', [], true],
    [
      "SET application_name = 'x'; SELECT application_name FROM pg_stat_activity WHERE pid = pg_backend_pid()",
      [],
      false,
    ],
    ["RESET application_name; SELECT current_setting('application_name')", [], true],
    ['SELECT count(*) FROM pg_stat_ssl', ['pg_stat_ssl'], false],
    ["SELECT current_setting('work_mem')", [], false],
    ["SET application_name = 'x'", [], false],
  ];
  for (const [sql, seen, readsApplicationName] of cases)
    test(sql, () => assert.deepEqual(looksAtSessions(statementsOf(sql)), { seen, readsApplicationName }));
});

test('messages in a loop of a DO block', () => {
  assert.ok(isNoisy(statementsOf("DO $$ BEGIN FOR i IN 1..9 LOOP RAISE NOTICE '%', i; END LOOP; END $$")));
  for (const sql of [
    "DO $$ BEGIN RAISE NOTICE 'x'; END $$",
    'DO $$ BEGIN FOR i IN 1..9 LOOP NULL; END LOOP; END $$',
    "DO $$ BEGIN FOR i IN 1..9 LOOP RAISE EXCEPTION 'x'; END LOOP; END $$",
    "SELECT 'loop raise notice end loop'",
  ])
    assert.ok(!isNoisy(statementsOf(sql)), sql);
});
