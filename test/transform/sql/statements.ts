import assert from 'node:assert/strict';
import { loadSqlParser, readSql } from '../../../src/transform/sql/parse.ts';
import type { Statement } from '../../../src/transform/sql/statement.ts';

await loadSqlParser();

/** The statements of a text that the parser takes. */
export function statementsOf(sql: string): readonly Statement[] {
  const read = readSql(sql);
  assert.ok(read.kind === 'statements', `${read.kind}: ${sql}`);
  return read.statements;
}
