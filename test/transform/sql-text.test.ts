import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { dollarQuoted, literal, timestamp } from '../../src/transform/sql-text.ts';
import { runs } from '../property-runs.ts';

describe('a text as an SQL literal', () => {
  const cases: readonly [string, string][] = [
    ['', "''"],
    ['backup', "'backup'"],
    ["O'Neill's", "'O''Neill''s'"],
    ['C:\\jobs', "E'C:\\\\jobs'"],
    ["\\'", "E'\\\\'''"],
    ['two\nlines', "'two\nlines'"],
    ['$guard$', "'$guard$'"],
  ];
  for (const [text, expected] of cases)
    test(JSON.stringify(text), () => assert.equal(literal(text), expected));
});

/** Reads a literal as PostgreSQL does: quotes are doubled, and in an E'' a backslash too. */
function read(text: string): string | null {
  const [, escapes, body = ''] = /^(E?)'(.*)'$/s.exec(text) ?? [];
  if (escapes === undefined || /'/.test(body.replaceAll("''", ''))) return null;
  const plain = body.replaceAll("''", "'");
  if (escapes === '') return plain.includes('\\') ? null : plain;
  return /\\/.test(plain.replaceAll('\\\\', '')) ? null : plain.replaceAll('\\\\', '\\');
}

test('any text is read back as it was, whatever standard_conforming_strings says', () => {
  const texts = fc
    .array(fc.constantFrom("'", '\\', 'a', '$', '\n', 'ü'), { maxLength: 8 })
    .map((all) => all.join(''));
  fc.assert(
    fc.property(texts, (text) => assert.equal(read(literal(text)), text)),
    runs(500),
  );
});

test('a body in dollar quotes ends only at its end', () => {
  assert.equal(dollarQuoted('SELECT 1', 'guard'), '$guard$SELECT 1$guard$');
  assert.equal(dollarQuoted("x = '$guard$'", 'guard'), "$guard_$x = '$guard$'$guard_$");
  assert.equal(dollarQuoted('$guard$ $guard_$', 'guard'), '$guard__$$guard$ $guard_$$guard__$');
});

describe('an instant is the same in every session', () => {
  const cases: readonly [string, string][] = [
    ['2027-03-01T00:00:00Z', "'2027-03-01 00:00:00+00'"],
    ['2027-03-01T00:00:00+02:00', "'2027-02-28 22:00:00+00'"],
    ['9999-12-31T23:59:00Z', "'9999-12-31 23:59:00+00'"],
    ['+012026-01-01T00:00:00Z', "'12026-01-01 00:00:00+00'"],
    ['0099-01-01T00:00:00Z', "'0099-01-01 00:00:00+00'"],
  ];
  for (const [text, expected] of cases) test(text, () => assert.equal(timestamp(Date.parse(text)), expected));
});
