import { isOfWord, SIGN } from './signs.ts';
import type { Window } from './window.ts';

const NEWLINE = 0x0a;
const END_OF_COMMENT = 0x2a2f;
const BEGIN_OF_COMMENT = 0x2f2a;

/** Goes past the rest of a text or name in quotes, in which two quotes are one. @returns whether its end was there */
export function passQuoted(window: Window, quote: number): boolean {
  for (;;) {
    const found = window.bytes.indexOf(quote, window.at);
    window.at = found < 0 ? window.bytes.length : found;
    if (found < 0 || !window.isKnown(found + 1)) return false;
    const isWithin = window.byte(found + 1) === quote;
    window.at = isWithin ? found + 2 : found + 1;
    if (!isWithin) return true;
  }
}

/** Whether a text that begins here is one in which a backslash escapes: E'...'. */
export function isAfterLetterE(window: Window, at: number): boolean {
  if ((window.byte(at - 1) | 0x20) !== 0x65) return false;
  const before = window.byte(at - 2);
  return !isOfWord(before) && before !== SIGN.dollar;
}

/** Where a text ends that begins here with a quote, has no other in it, and ends in the window; -1 for any other. */
export function endOfPlainText(window: Window, at: number): number {
  const { bytes } = window;
  if (isAfterLetterE(window, at)) return -1;
  const end = bytes.indexOf(SIGN.quote, at + 1) + 1;
  return end > 0 && end < bytes.length && bytes[end] !== SIGN.quote ? end : -1;
}

/** As `passQuoted`, for a text in which a backslash escapes. */
export function passEscaped(window: Window): boolean {
  const { bytes } = window;
  for (;;) {
    let at = window.at;
    while (at < bytes.length && bytes[at] !== SIGN.quote && bytes[at] !== SIGN.backslash) at += 1;
    window.at = at;
    if (at === bytes.length || !window.isKnown(at + 1)) return false;
    const isWithin = bytes[at] === SIGN.backslash || window.byte(at + 1) === SIGN.quote;
    window.at = isWithin ? Math.min(at + 2, bytes.length) : at + 1;
    if (!isWithin) return true;
  }
}

/** Goes past the rest of a text in dollar quotes of this tag. @returns whether its end was there */
export function passDollarQuoted(window: Window, tag: Buffer): boolean {
  const { bytes } = window;
  const found = bytes.indexOf(tag, window.at);
  window.at = found < 0 ? Math.max(window.at, bytes.length - tag.length + 1) : found + tag.length;
  return found >= 0;
}

/** Goes past the rest of a comment. @returns how many comments are still open */
export function passComment(window: Window, open: number): number {
  const { bytes } = window;
  let left = open;
  let at = window.at;
  while (at + 1 < bytes.length && left > 0) {
    const pair = bytes.readUInt16BE(at);
    if (pair === END_OF_COMMENT) left -= 1;
    if (pair === BEGIN_OF_COMMENT) left += 1;
    at += pair === END_OF_COMMENT || pair === BEGIN_OF_COMMENT ? 2 : 1;
  }
  window.at = at;
  return left;
}

/** Goes to the end of the line. @returns whether it was there */
export function passLine(window: Window): boolean {
  const found = window.bytes.indexOf(NEWLINE, window.at);
  window.at = found < 0 ? window.bytes.length : found;
  return found >= 0 || window.isLast;
}
