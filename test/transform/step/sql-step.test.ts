import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { OnError } from '../../../src/model/job.ts';
import { planStep } from '../../../src/transform/step/plan-step.ts';
import { context, sqlStep } from '../../job-builders.ts';

/** What is said of a SQL step on pg_timetable's own database. */
function said(code: string, transaction: 'step' | 'chain' = 'step'): readonly string[] {
  const fate = planStep(sqlStep({ id: 7, code }), context({ options: { transaction } }));
  for (const { stepId } of fate.advisories) assert.equal(stepId, 7);
  return fate.advisories.map((advisory) => `${advisory.severity} ${advisory.code}`);
}

function message(code: string, transaction: 'step' | 'chain' = 'step', onError: OnError = 'fail'): string {
  const fate = planStep(sqlStep({ code, onError }), context({ options: { transaction } }));
  return fate.advisories.map((advisory) => advisory.message).join('\n');
}

describe('what a SQL step holds, by its statements and not by its words', () => {
  const cases: readonly [string, readonly string[]][] = [
    ['', ['warning empty-sql']],
    [' \n\t', ['warning empty-sql']],
    [';;', ['warning empty-sql']],
    ['-- nothing', ['warning comment-only']],
    ['/* a /* nested */ comment */ ;', ['warning comment-only']],
    ['SELECT 1', []],
    ['; SELECT 1', []],
    ['-- first\nSELECT 1', []],
    ["SELECT '-- no comment'", []],
    ['SELEC 1', ['warning sql-unread']],
    ["SELECT 'never ends", ['warning sql-unread']],
    ['COPY t FROM STDIN', ['warning copy-from-stdin']],
    ['copy t(a, b)\n  from stdin with (format csv)', ['warning copy-from-stdin']],
    ["COPY t FROM '/data.csv'", []],
    ['COPY t TO STDOUT', ['info copy-to-stdout']],
    ["COPY t TO '/data.csv'", []],
    ["SELECT 'COPY t FROM STDIN'", []],
    ['-- COPY t FROM STDIN\nSELECT 1', []],
    ["DO $$ BEGIN RAISE NOTICE 'COPY t FROM STDIN'; END $$", []],
    ['BEGIN; DELETE FROM t', ['warning open-transaction']],
    ['START TRANSACTION; DELETE FROM t; SAVEPOINT a', ['warning open-transaction']],
    ['BEGIN; DELETE FROM t; COMMIT', ['info explicit-transaction']],
    ['BEGIN; DELETE FROM t; END', ['info explicit-transaction']],
    ['BEGIN; DELETE FROM t; ROLLBACK', ['info explicit-transaction']],
    ['BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2', ['warning open-transaction', 'info explicit-transaction']],
    ['DO $$ BEGIN DELETE FROM t; END $$', []],
    ["SELECT 'BEGIN'", []],
    ['UPDATE pgagent.pga_job SET jobenabled = false', ['error pgagent-written']],
    ['DELETE FROM pgagent.pga_joblog', ['error pgagent-written']],
    ['DO $$ BEGIN INSERT INTO pgagent.pga_job (jobjclid) VALUES (1); END $$', ['error pgagent-written']],
    ['SELECT count(*) FROM pgagent.pga_joblog', ['warning pgagent-read']],
    ['SELECT 1 -- UPDATE pgagent.pga_job', []],
    ["SELECT 'pgagent.pga_job'", []],
    ['SELECT pgagent.name FROM staff AS pgagent', []],
    ['SELECT pg_terminate_backend(pid) FROM pg_stat_activity', ['warning ends-sessions']],
    ['DO $$ BEGIN PERFORM pg_catalog.pg_cancel_backend(1); END $$', ['warning ends-sessions']],
    ["SELECT 'pg_terminate_backend(1)'", []],
    ['SELECT pg_terminate_backend(pg_backend_pid())', []],
    ['VACUUM t', []],
    ['CALL p()', []],
    ['DO $$ BEGIN COMMIT; END $$', []],
  ];
  for (const [code, expected] of cases)
    test(`${JSON.stringify(code)}: ${expected.join(', ') || 'nothing to say'}`, () =>
      assert.deepEqual(said(code), expected));
});

test('comments alone let the steps behind run only where a failure ended the job', () => {
  assert.match(message('-- none', 'step', 'fail'), /which never ran, will run/);
  assert.doesNotMatch(message('-- none', 'step', 'ignore'), /will run/);
});

test('a mistake in the SQL is told by its line, without a word of the text', () => {
  const text = message("SELECT 1;\nSELEC 'secret'");
  assert.match(text, /line 2/);
  assert.doesNotMatch(text, /SELEC|secret/);
});

describe('--transaction chain: a local step runs in the transaction of its chain', () => {
  const cases: readonly [string, readonly string[]][] = [
    ['DELETE FROM t', []],
    ['VACUUM t', ['error refused-in-transaction']],
    ['CREATE INDEX CONCURRENTLY i ON t (a)', ['error refused-in-transaction']],
    ['CREATE INDEX i ON t (a)', []],
    ['DO $$ BEGIN DELETE FROM t; COMMIT; END $$', ['error refused-in-transaction']],
    ['BEGIN; DELETE FROM t; COMMIT', ['warning commit-in-chain']],
    ['DELETE FROM t; ROLLBACK', ['warning commit-in-chain']],
    ['CALL p()', ['warning commit-in-chain']],
    ['DO $$ BEGIN CALL p(); END $$', ['warning commit-in-chain']],
    ['SAVEPOINT a; DELETE FROM t', []],
    ['SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; DELETE FROM t', ['error refused-in-transaction']],
    ['BEGIN ISOLATION LEVEL REPEATABLE READ; DELETE FROM t; COMMIT', ['error refused-in-transaction']],
    ['SET TRANSACTION READ WRITE; DELETE FROM t', []],
    ["SET default_transaction_isolation = 'serializable'; DELETE FROM t", []],
    ['BEGIN; DELETE FROM t', ['warning open-transaction']],
  ];
  for (const [code, expected] of cases)
    test(`${code}: ${expected.join(', ') || 'nothing to say'}`, () =>
      assert.deepEqual(said(code, 'chain'), expected));

  test('it is not autonomous', () => {
    const fate = planStep(sqlStep(), context({ options: { transaction: 'chain' } }));
    assert.equal(fate.kind === 'task' && fate.task.autonomous, false);
  });

  test('a step on another database is as it was: VACUUM works there', () => {
    const stepConninfo = new Map([
      ['host', 'db1'],
      ['user', 'me'],
    ]);
    const fate = planStep(
      sqlStep({ code: 'VACUUM t', connection: { kind: 'database', name: 'archive' } }),
      context({ options: { transaction: 'chain', stepConninfo } }),
    );
    assert.equal(fate.kind, 'task');
  });

  test('what a BEGIN left open did stays now, and is rolled back without the option', () => {
    assert.match(message('BEGIN; DELETE FROM t', 'chain'), /it is kept if the chain succeeds/);
    assert.match(message('BEGIN; DELETE FROM t'), /rolls it back each time/);
  });
});
