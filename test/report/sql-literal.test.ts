import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { comment } from '../../src/report/sql/comment.ts';
import { dollarQuoted, sqlCode, sqlJson, sqlText, sqlTextOrNull } from '../../src/report/sql/literal.ts';

describe('a short text as SQL', () => {
  const cases: readonly [string, string][] = [
    ['', "''"],
    ['plain :x $$', "'plain :x $$'"],
    ["O'Brien", "'O''Brien'"],
    ['a\\b', "E'a\\\\b'"],
    ["\\' OR 1=1 --", "E'\\\\'' OR 1=1 --'"],
    ['a\nb\tc\rd', "E'a\\nb\\tc\\rd'"],
    ['\u0001f\u001b[31m\u007f', "E'\\x01f\\x1b[31m\\x7f'"],
    ['ä雪', "'ä雪'"],
    ['a\u00adb', "('a' || convert_from(decode('c2ad', 'hex'), 'UTF8') || 'b')"],
    ['\u202e', "convert_from(decode('e280ae', 'hex'), 'UTF8')"],
  ];
  for (const [text, sql] of cases) test(JSON.stringify(text), () => assert.equal(sqlText(text), sql));

  test('nothing at all is NULL', () => assert.equal(sqlTextOrNull(null), 'NULL'));
});

describe('code as SQL', () => {
  const cases: readonly [string, string][] = [
    ['SELECT 1', "'SELECT 1'"],
    ["SELECT 'x'", "$code$SELECT 'x'$code$"],
    ['a\n\tb', '$code$a\n\tb$code$'],
    ['a\\n', '$code$a\\n$code$'],
    ["'$code$'", "$code_1$'$code$'$code_1$"],
    ["' $code and $code_1$", "$code_2$' $code and $code_1$$code_2$"],
    ["ends in '$", "$code$ends in '$$code$"],
    ['a\r\nb\\n\n', "E'a\\r\nb\\\\n\n'"],
  ];
  for (const [text, sql] of cases) test(JSON.stringify(text), () => assert.equal(sqlCode(text), sql));

  test('a tag is never the beginning of what stands in the text', () => {
    // $code$...$code + $code$ would end one character too early.
    assert.equal(dollarQuoted('x$code', 'code'), '$code_1$x$code$code_1$');
  });

  test('JSON has its type beside it', () => {
    assert.equal(sqlJson({ a: "it's" }), `$code$${'{"a":"it\'s"}'}$code$::jsonb`);
  });
});

test('a comment of any text is lines of comment', () => {
  assert.equal(comment('a\nCOMMIT;\r\u2028x', '  '), '--   a\\nCOMMIT;\\r\\u{2028}x\n');
  const long = comment(`${'word '.repeat(60)}\n; DROP TABLE x`);
  assert.ok(long.split('\n').length > 3);
  for (const line of long.trimEnd().split('\n')) assert.match(line, /^-- .{1,108}$/);
});
