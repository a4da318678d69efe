import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { fold } from '../../src/report/fold.ts';
import { runs } from '../property-runs.ts';

describe('a text in columns', () => {
  const cases: readonly [string, string, number, readonly string[]][] = [
    ['that fits', 'one two', 7, ['one two']],
    ['that is one too long', 'one two', 6, ['one', 'two']],
    ['of several lines', 'a bb ccc dddd', 6, ['a bb', 'ccc', 'dddd']],
    ['with a word too long for a line', 'abcdefgh', 3, ['abc', 'def', 'gh']],
    ['with a word too long behind a short one', 'a bcdefg', 4, ['a', 'bcde', 'fg']],
    ['of characters two columns wide', '日本語', 4, ['日本', '語']],
    ['of characters two columns wide in an odd number of columns', '日本語', 5, ['日本', '語']],
    ['of joined emoji, which stay whole', '👨‍👩‍👧👨‍👩‍👧', 3, ['👨‍👩‍👧', '👨‍👩‍👧']],
    [
      'of combining marks, which stay with their letters',
      'e\u0301e\u0301e\u0301',
      2,
      ['e\u0301e\u0301', 'e\u0301'],
    ],
    ['of nothing', '', 5, ['']],
  ];
  for (const [name, text, columns, expected] of cases) {
    test(name, () => assert.deepEqual(fold(text, columns), expected));
  }

  const pieces = fc.constantFrom(
    'a',
    'bc',
    ' ',
    '  ',
    '日',
    '本語',
    '😀',
    '👨‍👩‍👧',
    '🏳️‍🌈',
    'e\u0301',
    '🇩🇪',
    '-',
    '\\e[31m',
    '한',
    'ﾊﾟ',
  );
  const texts = fc.array(pieces, { maxLength: 25 }).map((all) => all.join(''));

  test('loses no character but blanks, and exceeds the columns nowhere', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 2, max: 30 }), (text, columns) => {
        const lines = fold(text, columns);
        assert.equal(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
        for (const line of lines)
          assert.ok(stringWidth(line) <= columns, `${JSON.stringify(line)} in ${columns}`);
      }),
      runs(1_000),
    );
  });

  test('breaks a word of any length', () => {
    const lines = fold('x'.repeat(200_000), 100);
    assert.equal(lines.length, 2_000);
    assert.ok(lines.every((line) => line === 'x'.repeat(100)));
  });

  test('cuts no character in two, and begins no line with what joins its parts', () => {
    for (const before of ['', 'x', 'xy'])
      for (const columns of [4, 5, 20]) {
        const lines = fold(`${before}${'\u{1f469}\u200d'.repeat(200)}`, columns);
        for (const part of lines.join(' ').split(' ')) assert.doesNotMatch(part, /^[\u200d\udc00-\udfff]/);
      }
  });

  test('breaks no word that fits a line', () => {
    const words = fc.array(fc.constantFrom('a', 'bcd', 'efghij', '日本'), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(words, fc.integer({ min: 6, max: 20 }), (given, columns) => {
        const lines = fold(given.join(' '), columns);
        assert.deepEqual(
          lines.flatMap((line) => line.split(' ')),
          given,
        );
        lines.forEach((line, index) => {
          const next = lines[index + 1]?.split(' ')[0];
          if (next !== undefined)
            assert.ok(stringWidth(`${line} ${next}`) > columns, 'a line takes what fits');
        });
      }),
    );
  });
});
