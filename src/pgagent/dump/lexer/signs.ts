import type { Window } from './window.ts';

/** Bytes that mean something in SQL. */
export const SIGN = {
  quote: 0x27,
  doubleQuote: 0x22,
  backslash: 0x5c,
  dash: 0x2d,
  slash: 0x2f,
  star: 0x2a,
  dollar: 0x24,
  open: 0x28,
  close: 0x29,
  semicolon: 0x3b,
} as const;

/** A byte of no meaning to the lexer, a blank one, or one to be looked at. */
export const ORDINARY = 0;
const BLANK = 1;
export const SPECIAL = 2;
/** What a byte is. */
export const KIND = new Uint8Array(256);
for (const blank of ' \t\n\r\f\v') KIND[blank.charCodeAt(0)] = BLANK;
for (const special of `'"\\-/$();`) KIND[special.charCodeAt(0)] = SPECIAL;

const WORD = new Uint8Array(256).map((_, byte) =>
  byte >= 0x80 || /\w/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** Whether a byte may stand in a name without quotes, the dollar sign apart. */
export const isOfWord = (byte: number): boolean => WORD[byte] === 1;

/** Of the tag of a dollar quote, and of a word: what is longer is none. */
const LONGEST_WORD = 1024;

/** Where the letters and digits from a place on end; -1 where more of the dump has to be seen. */
export function endOfWord(window: Window, from: number): number {
  const { bytes } = window;
  let end = from;
  while (end < bytes.length && isOfWord(bytes[end] as number)) end += 1;
  return window.isKnown(end) || end - from > LONGEST_WORD ? end : -1;
}
