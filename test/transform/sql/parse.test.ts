import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tsImport } from 'tsx/esm/api';
import { readSql } from '../../../src/transform/sql/parse.ts';
import type { SqlText, Statement } from '../../../src/transform/sql/statement.ts';
import { executed } from '../../../src/transform/sql/walk.ts';
import { EMPTY } from './cases.ts';
import { statementsOf } from './statements.ts';

describe('before the parser is loaded', async () => {
  // Modules of its own, where nothing has loaded the parser.
  const early = (await tsImport(
    '../../../src/transform/sql/parse.ts',
    import.meta.url,
  )) as typeof import('../../../src/transform/sql/parse.ts');
  const tooEarly = { message: 'readSql was called before readyToRead had ended.' };

  test('plain texts and those that nobody can read are read', async () => {
    await early.readyToRead(['SELECT 1', '', 'SELECT 1\0']);
    for (const sql of ['SELECT 1', '', 'SELECT 1\0', 'SELECT 2'])
      assert.deepEqual(withoutPlaces(early.readSql(sql)), withoutPlaces(readSql(sql)));
  });

  test('any other is a clear error, until it was asked for', async () => {
    assert.throws(() => early.readSql('SELEC 1'), tooEarly);
    assert.throws(() => early.readSql('DO $$BEGIN END$$'), tooEarly);
    await early.readyToRead(['SELECT 1', 'DO $$BEGIN END$$']);
    assert.equal(early.readSql('SELEC 1').kind, 'unread');
  });
});

function withoutPlaces(read: SqlText): unknown {
  return JSON.parse(
    JSON.stringify(read, (member, value: unknown) => (member === 'location' ? undefined : value)),
  );
}

for (const [sql, hasComment] of EMPTY) {
  test(`${JSON.stringify(sql)} holds no statement`, () => {
    assert.deepEqual(readSql(sql), { kind: 'empty', hasComment });
  });
}

const TYPES: readonly (readonly [string, readonly string[]])[] = [
  ['SELECT 1', ['SelectStmt']],
  ['-- VACUUM\nSELECT 1', ['SelectStmt']],
  ["SELECT 'a; VACUUM; b'", ['SelectStmt']],
  ["SELECT E'\\'; VACUUM; '", ['SelectStmt']],
  ['SELECT $$; VACUUM; $$, $a$ $$ ; VACUUM $a$', ['SelectStmt']],
  ['SELECT "a;b"; VACUUM', ['SelectStmt', 'VacuumStmt']],
  ['/* a /* b */ VACUUM; */ ANALYZE', ['VacuumStmt']],
  ['BEGIN; DELETE FROM "größe.x"; COMMIT;', ['TransactionStmt', 'DeleteStmt', 'TransactionStmt']],
  ['SELECT 1;;; SELECT 2', ['SelectStmt', 'SelectStmt']],
];
for (const [sql, types] of TYPES) {
  test(`${JSON.stringify(sql)} is ${types.join(', ')}`, () => {
    assert.deepEqual(
      statementsOf(sql).map(({ type }) => type),
      types,
    );
  });
}

const UNREAD: readonly (readonly [string, string])[] = [
  ['SELECT FRM x y', 'syntax error in line 1'],
  ['SELECT 1;\n\n\\copy t FROM geheim', 'syntax error in line 3'],
  ['-- ünï 😀\nSELECT 😀 FRM "geheim"\nx', 'syntax error in line 2'],
  ["SELECT 1,\n'geheim", 'unterminated quoted string in line 2'],
  ['SELECT $$geheim', 'unterminated dollar-quoted string in line 1'],
  ['SELECT "geheim', 'unterminated quoted identifier in line 1'],
  ['/* geheim', 'unterminated /* comment in line 1'],
  ['SELECT 1geheim', 'trailing junk after numeric literal in line 1'],
  ['CREATE ROLE x GEHEIM', 'refused by the grammar in line 1'],
  ['\u00a0', 'syntax error in line 1'],
  ['\ufeffSELECT 1', 'syntax error in line 1'],
  [`SELECT ${'('.repeat(20_000)}1`, 'refused by the grammar in line 1'],
  [`SELECT '${'x'.repeat(1_000_000)}'`, 'too long to look into'],
  ['SELECT 1\0; DROP TABLE t', 'a character that PostgreSQL cannot hold'],
];
for (const [sql, why] of UNREAD) {
  test(`${JSON.stringify(sql.slice(0, 40))} is not read: ${why}`, () => {
    assert.deepEqual(readSql(sql), { kind: 'unread', why });
    assert.doesNotMatch(why, /geheim/i);
  });
}

test('a text of a million characters is read', () => {
  assert.equal(statementsOf(`SELECT '${'x'.repeat(1_000_000 - 9)}'`).length, 1);
});

test('whatever the stack makes of a deep expression, the next text is read', () => {
  const deep = readSql(`SELECT ${'1+'.repeat(100_000)}1`);
  assert.deepEqual(deep, { kind: 'unread', why: 'nested too deeply to look into' } satisfies SqlText);
  assert.equal(statementsOf('SELECT 1').length, 1);
});

const inside = (sql: string): readonly Statement[] => executed(statementsOf(sql)[0]?.inside ?? []);
const transaction = (kind: string, more = {}) => ({
  TransactionStmt: { kind: `TRANS_STMT_${kind}`, ...more },
});

const BLOCKS: readonly (readonly [string, readonly string[], boolean])[] = [
  ['BEGIN NULL; END', [], false],
  ['BEGIN VACUUM; END', ['VacuumStmt'], false],
  ["BEGIN RAISE NOTICE 'VACUUM'; -- VACUUM\n END", [], false],
  ['BEGIN COMMIT; ROLLBACK AND CHAIN; END', ['TransactionStmt', 'TransactionStmt'], false],
  ['BEGIN PERFORM f(); CALL p(1); DELETE FROM t; END', ['SelectStmt', 'CallStmt', 'DeleteStmt'], false],
  [
    'DECLARE x int := 1; BEGIN x := 2; x := count(*) FROM t; END',
    ['SelectStmt', 'SelectStmt', 'SelectStmt'],
    false,
  ],
  ['DECLARE a int[]; BEGIN a[1:2] := g(a[1:2] = a[3:4]); END', ['SelectStmt'], false],
  ['DECLARE "a=b" int; BEGIN "a=b" := f(); END', ['SelectStmt'], false],
  ['DECLARE n int; BEGIN SELECT count(*) INTO n FROM t; END', ['SelectStmt'], false],
  [
    'BEGIN IF EXISTS (SELECT 1) THEN ANALYZE; ELSE VACUUM; END IF; END',
    ['SelectStmt', 'VacuumStmt', 'VacuumStmt'],
    false,
  ],
  [
    'DECLARE r record; BEGIN FOR r IN DELETE FROM t RETURNING a LOOP COMMIT; END LOOP; END',
    ['DeleteStmt', 'TransactionStmt'],
    false,
  ],
  [
    'BEGIN DELETE FROM t; EXCEPTION WHEN others THEN INSERT INTO e VALUES (1); END',
    ['DeleteStmt', 'InsertStmt'],
    false,
  ],
  ["BEGIN EXECUTE 'VACUUM'; END", ['VacuumStmt'], false],
  ["BEGIN EXECUTE 'VACU' || 'UM'; END", ['SelectStmt', 'VacuumStmt'], false],
  ["BEGIN EXECUTE format('TRUNCATE %I.%I', 'a b', 'c'); END", ['SelectStmt', 'TruncateStmt'], false],
  ["BEGIN EXECUTE format('DELETE FROM t WHERE d < %L', now()); END", ['SelectStmt', 'DeleteStmt'], true],
  ["DECLARE v text; BEGIN EXECUTE 'ANALYZE ' || v; END", ['SelectStmt', 'VacuumStmt'], true],
  ['DECLARE v text; BEGIN EXECUTE v; END', ['SelectStmt'], true],
  [
    "DECLARE r record; BEGIN FOR r IN EXECUTE 'DELETE FROM t RETURNING a' LOOP NULL; END LOOP; END",
    ['DeleteStmt'],
    false,
  ],
  ["BEGIN EXECUTE 'DO $x$ BEGIN COMMIT; END $x$'; END", ['DoStmt', 'TransactionStmt'], false],
  ['BEGIN SELECT a FRM x y; END', [], true],
  ['BEGIN this is no PL/pgSQL END', [], true],
];
for (const [block, types, isUnread] of BLOCKS) {
  test(`inside ${block}${types.map((type) => ` ${type}`)}${isUnread ? ', and more' : ''}`, () => {
    const sql = `DO $do$ ${block} $do$`;
    assert.deepEqual(
      inside(sql).map(({ type }) => type),
      types,
    );
    assert.equal(statementsOf(sql)[0]?.isInsideUnread, isUnread);
  });
}

test('COMMIT and ROLLBACK in a block are the nodes that they are outside of one', () => {
  assert.deepEqual(
    inside('DO $$ BEGIN COMMIT; ROLLBACK AND CHAIN; END $$').map(({ node }) => node),
    [transaction('COMMIT'), transaction('ROLLBACK', { chain: true })],
  );
});

test('a block in a string of any quoting is read as it is written', () => {
  for (const quoted of [
    "'BEGIN EXECUTE ''VACUUM''; END'",
    "E'BEGIN\\nEXECUTE \\'VACUUM\\'; END'",
    '$block$ BEGIN VACUUM; END $block$',
  ])
    assert.deepEqual(
      inside(`DO ${quoted}`).map(({ type }) => type),
      ['VacuumStmt'],
      quoted,
    );
  assert.deepEqual(inside('DO $a$ BEGIN PERFORM $block$x$block$; VACUUM; END $a$').length, 2);
});

test('the language decides what a block is read as', () => {
  assert.equal(inside('DO $$ BEGIN VACUUM; END $$ LANGUAGE PLpgSQL').length, 1);
  const [perl] = statementsOf('DO LANGUAGE plperl $$ BEGIN VACUUM; END $$');
  assert.deepEqual([perl?.inside, perl?.isInsideUnread], [[], true]);
});

test('a function or procedure that is only created runs nothing', () => {
  const [created] = statementsOf(
    'CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN VACUUM; END $$',
  );
  assert.deepEqual([created?.inside, created?.isInsideUnread], [[], false]);
});

test('blocks in blocks are read to a depth that nobody reaches, and then not', () => {
  const nested = (depth: number): string =>
    depth === 0 ? 'VACUUM' : `DO $b${depth}$ BEGIN ${nested(depth - 1)}; END $b${depth}$`;
  assert.equal(inside(nested(5)).at(-1)?.type, 'VacuumStmt');
  const deeper = inside(nested(40));
  assert.equal(deeper.at(-1)?.type, 'DoStmt');
  assert.equal(deeper.at(-1)?.isInsideUnread, true);
});
