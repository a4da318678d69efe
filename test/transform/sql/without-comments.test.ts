import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSqlParser, readSql } from '../../../src/transform/sql/parse.ts';
import { withoutComments } from '../../../src/transform/sql/without-comments.ts';

await loadSqlParser();

const CASES: readonly [sql: string, bare: string][] = [
  ['a --b\nc', 'a    \nc'],
  ['a --b', 'a    '],
  ['a/*b*/c', 'a     c'],
  ['a/*b\nc*/d', 'a   \n   d'],
  ['a/*b/*c*/d*/e', `a${' '.repeat(11)}e`],
  ['a/*b', 'a/*b'],
  ['a /*b*/ /*c', 'a       /*c'],
  ["'--b' --c", "'--b'    "],
  ["'it''s --b' --c", "'it''s --b'    "],
  [String.raw`E'\'--b' --c`, String.raw`E'\'--b'    `],
  [String.raw`'\' --b'`, String.raw`'\'    `.padEnd(8)],
  ['"a--b" --c', '"a--b"    '],
  ['$$--b$$--c', '$$--b$$   '],
  ['$x$ $$ --b $x$--c', '$x$ $$ --b $x$   '],
  ['a$1 --b', 'a$1    '],
  ['a - -1', 'a - -1'],
];

for (const [sql, bare] of CASES)
  test(`${JSON.stringify(sql)} without its comments`, () => assert.equal(withoutComments(sql), bare));

// Each is valid for PostgreSQL 15.
const ALLOWED = [
  'SELECT 1 ORDER BY 1 NULLS /* last of all */ FIRST',
  'SELECT 1 ORDER BY 1 NULLS -- last of all\n LAST',
  'SELECT 1 WHERE 1 NOT -- these\n IN (2)',
  'SELECT 1 WHERE 1 NOT /* these */ BETWEEN 1 AND 2',
  'CREATE TABLE t (a timestamp WITHOUT /* a */ TIME ZONE)',
  "SELECT U&'a' /* c */ UESCAPE '!'",
  "SELECT 'a' -- one\n 'b'",
];

for (const sql of ALLOWED)
  test(`a comment is no syntax error: ${JSON.stringify(sql)}`, () =>
    assert.equal(readSql(sql).kind, 'statements'));

test('a comment without an end is an error', () => {
  assert.equal(readSql('SELECT 1 ORDER BY 1 NULLS LAST /* end').kind, 'unread');
});

test('what is a syntax error without its comments too stays one, in its own line', () => {
  assert.deepEqual(readSql('SELECT 1; -- one\nSELEC 2'), {
    kind: 'unread',
    why: 'syntax error in line 2',
  });
});
