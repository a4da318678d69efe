import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copiesFromClient, copiesToClient } from '../../../src/transform/sql/copy.ts';
import { refusesTransaction } from '../../../src/transform/sql/refuses-transaction.ts';
import { leavesTransactionOpen } from '../../../src/transform/sql/transaction.ts';
import { LEFT_OPEN, REFUSED } from './cases.ts';
import { statementsOf } from './statements.ts';

for (const [sql, isOpen] of LEFT_OPEN) {
  test(`${JSON.stringify(sql)} leaves ${isOpen ? 'a' : 'no'} transaction open`, () => {
    assert.equal(leavesTransactionOpen(statementsOf(sql)), isOpen);
  });
}

for (const [sql, words] of REFUSED) {
  test(`${sql} is ${words === null ? 'taken' : 'refused'} inside a transaction`, () => {
    assert.deepEqual(refusesTransaction(statementsOf(sql)), words === null ? [] : [words]);
  });
}

test('what never ran, since it did not stand alone, is not new', () => {
  assert.deepEqual(refusesTransaction(statementsOf('DELETE FROM t; VACUUM t')), []);
  assert.deepEqual(refusesTransaction(statementsOf('VACUUM t; DELETE FROM t')), []);
  assert.deepEqual(refusesTransaction(statementsOf('DO $$ BEGIN VACUUM; END $$')), []);
  assert.deepEqual(refusesTransaction(statementsOf('-- first\n; VACUUM t ; -- last')), ['VACUUM']);
});

const COPIES: readonly (readonly [string, 'from' | 'to' | null])[] = [
  ['COPY t FROM STDIN', 'from'],
  ['SELECT 1; COPY "t; x" (a) FROM STDIN WITH (FORMAT csv)', 'from'],
  ['COPY t TO STDOUT', 'to'],
  ['COPY (SELECT 1) TO STDOUT', 'to'],
  ["COPY t FROM '/tmp/stdin'", null],
  ["COPY t FROM PROGRAM 'cat STDIN'", null],
  ["COPY t TO '/tmp/x'", null],
  ["COPY t TO PROGRAM 'cat'", null],
  ["SELECT 'COPY t FROM STDIN'", null],
  ['-- COPY t FROM STDIN\nSELECT 1', null],
  ['CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN COPY t FROM STDIN; END $$', null],
];
for (const [sql, direction] of COPIES) {
  test(`${sql} copies ${direction ?? 'neither from nor to'} the client`, () => {
    assert.equal(copiesFromClient(statementsOf(sql)), direction === 'from');
    assert.equal(copiesToClient(statementsOf(sql)), direction === 'to');
  });
}
