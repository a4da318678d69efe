import assert from 'node:assert/strict';
import { test } from 'node:test';
import { widthOf } from '../../src/report/width.ts';

/** By Unicode's East Asian Width and emoji data, worked out by hand; xterm and wcwidth count the same. */
const WIDTHS: readonly (readonly [what: string, text: string, columns: number])[] = [
  ['nothing', '', 0],
  ['ASCII', 'backup @ night', 14],
  ['Latin letters with accents', 'Grüße', 5],
  ['a letter and a combining accent', 'e\u0301', 1],
  ['Cyrillic and Greek', 'Ночь α', 6],
  ['Han', '日本語', 6],
  ['Han beyond the first plane', '\u{20000}', 2],
  ['Hiragana with a combining mark', 'か\u3099', 2],
  ['half-width Katakana, its sound mark a letter of its own', 'ﾊﾞｯｸ', 4],
  ['full-width Latin', 'ＡＢ', 4],
  ['Korean syllables', '백업', 4],
  ['a Korean syllable in its parts', '\u1107\u1162\u11a8', 2],
  ['Thai with vowels above and below', 'ที่นี่', 2],
  ['Thai sara am, which stands beside', 'กำ', 2],
  ['Devanagari: two consonants, their marks', 'क\u094dष\u093f', 2],
  ['Arabic', 'نسخ', 3],
  ['an emoji', '😀', 2],
  ['an emoji with a skin tone', '👍🏽', 2],
  ['a family joined from three', '👨\u200d👩\u200d👧', 2],
  ['a flag of two letters', '🇩🇪', 2],
  ['two flags', '🇩🇪🇯🇵', 4],
  ['a rainbow flag', '🏳\ufe0f\u200d🌈', 2],
  ['a keycap', '1\ufe0f\u20e3', 2],
  ['a heart as text', '\u2764', 1],
  ['a heart as an emoji', '\u2764\ufe0f', 2],
  ['a heart on fire', '\u2764\ufe0f\u200d🔥', 2],
  ['signs that may be emoji, as text', '©™↔✔', 4],
  ['a clock, which is an emoji by itself', '⏰', 2],
  ['signs of CJK that may be emoji, wide as text too', '㊗〰', 4],
  ['a digit, an asterisk and a number sign, which may be keycaps, beside a wide one', '1*#日', 5],
  ['an ellipsis and box lines', '…│─', 3],
];
for (const [what, text, columns] of WIDTHS) {
  test(`the width of ${what}`, () => assert.equal(widthOf(text), columns));
}

test('a character that is common in Europe is as wide as it is beside one that is not', () => {
  const OTHER = '日';
  for (let code = 0xa0; code < 0x2600; code += 1) {
    const character = String.fromCharCode(code);
    // Invisible, and a control character for a terminal.
    if (/[\u2028\u2029]/.test(character)) continue;
    assert.equal(widthOf(character), widthOf(character + OTHER) - 2, code.toString(16));
  }
});
