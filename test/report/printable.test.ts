import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { printable, printableJson } from '../../src/report/printable.ts';
import { runs } from '../property-runs.ts';

describe('a terminal obeys nothing in a name', () => {
  const cases: readonly [string, string, string][] = [
    ['plain text', 'Größe \'x\' "y" \\ 日本', 'Größe \'x\' "y" \\ 日本'],
    ['a colour', '\u001b[31mred\u001b[0m', '\\e[31mred\\e[0m'],
    ['a title of the window', '\u001b]0;x\u0007', '\\e]0;x\\u{7}'],
    ['a newline, a carriage return, a tab', 'a\nb\rc\td', 'a\\nb\\rc\\td'],
    ['a zero byte, a backspace, a delete', '\0\b\u007f', '\\u{0}\\u{8}\\u{7f}'],
    ['a control sequence of one character (C1)', '\u009b31mred', '\\u{9b}31mred'],
    ['a next line (C1)', 'a\u0085b', 'a\\u{85}b'],
    ['right to left override', 'cod\u202efdp.exe', 'cod\\u{202e}fdp.exe'],
    ['isolates', '\u2066a\u2069', '\\u{2066}a\\u{2069}'],
    ['line and paragraph separators', 'a\u2028b\u2029c', 'a\\u{2028}b\\u{2029}c'],
    ['a blank of no width', 'a\u200bb', 'a\\u{200b}b'],
    ['a byte order mark', '\ufeffa', '\\u{feff}a'],
    ['half a surrogate pair', 'a\ud800', 'a\\u{d800}'],
    ['an emoji', '😀', '😀'],
    ['a family, joined by U+200D', '👨‍👩‍👧', '👨‍👩‍👧'],
    ['a flag with a rainbow', '🏳️‍🌈', '🏳️‍🌈'],
    ['a skin, joined', '👩🏽‍🚀', '👩🏽‍🚀'],
    ['a joiner between letters', 'a\u200db', 'a\\u{200d}b'],
    ['a joiner in front', '\u200d👩', '\\u{200d}👩'],
  ];
  for (const [name, text, expected] of cases) test(name, () => assert.equal(printable(text), expected));

  test('whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        assert.doesNotMatch(printable(text).replaceAll('\u200d', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
      runs(500),
    );
  });
});

describe('JSON', () => {
  const anything = fc.anything({
    values: [fc.string({ unit: 'binary' }), fc.integer(), fc.boolean()],
    maxDepth: 2,
    withNullPrototype: false,
  });

  test('reads as the value that it was, and holds no raw C1, format or separator character', () => {
    fc.assert(
      fc.property(anything, (value) => {
        // As JSON itself has it: undefined and the like are gone.
        const plain: unknown = JSON.parse(JSON.stringify(value) ?? 'null');
        const text = printableJson(plain, '    ');
        assert.deepEqual(JSON.parse(text), plain);
        assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });

  for (const name of [
    '\u001b[31m',
    '\u009b31m',
    '\u202efdp',
    '\u2028',
    '\u007f',
    '👨‍👩‍👧',
    '\u{e0067}',
    '\ud800',
  ]) {
    test(`of ${JSON.stringify([...name].map((one) => one.codePointAt(0)?.toString(16)))}`, () => {
      assert.equal(JSON.parse(printableJson(name, '')), name);
    });
  }
});
