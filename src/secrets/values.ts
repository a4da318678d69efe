import { countBefore, countFrom, lastOnLine, lineEnd } from './lines.ts';

/** Where a secret in a text ends, as far as can be told without knowing its language: rather too far than too near. */

// One pair of quotes around something in which nothing could be meant as a quote.
const QUOTED = /'[^'\\`\r\n]*'(?!')|"[^"\\`\r\n]*"(?!")|''[^'"\\`\r\n]+''(?!')/y;
const PLAIN = /(?:[^\s'"\\`]|\\[^\s'"\\`]|\\ ){1,1000}/y;
const ESCAPED_WORD = /(?:\\[\s\S]|\S){1,1000}/y;
const ANY_QUOTE = /['"`]/;
const CALL_PIECE = /[^'"()\\]{1,1000}|'[^'\\]{0,1000}'|"[^"\\]{0,1000}"|\\[\s\S]|[()]/y;
// `if password == 'secret': run()`, 'secret'::text
const COLON = /:(?:[:\s]|$)/y;
const LONGEST_CALL = 2_000;
const CLOSING = /[\s;&|)\]}>,]/;

/** The end of what follows `password=` and the like; the same place where nothing stands there. */
export function valueEnd(text: string, start: number): number {
  const prefix = matchAt(/(?:e|n|u&|\$)(?=')/iy, text, start);
  const begin = start + prefix.length;
  const quote = text.charAt(begin);
  if (!/['"]/.test(quote)) return callEnd(text, begin) ?? plainEnd(text, begin) ?? intricateEnd(text, begin);
  if (isOpen(quote, text, begin) && isClosing(text.charAt(begin + 1))) return start;
  if (text.startsWith(quote + quote, begin) && isClosing(text.charAt(begin + 2))) return start;
  return quotedEnd(text, begin);
}

/** After what the quote at a place opens. */
export function quotedEnd(text: string, start: number): number {
  const simple = matchAt(QUOTED, text, start);
  const end = start + simple.length;
  const isEnd = isWordEnd(text, end, start) || matchAt(COLON, text, end) !== '';
  return simple !== '' && isEnd ? end : intricateEnd(text, start);
}

/** Where the last quote stands on the line of a place; it may be in front of that. */
export function lastQuote(text: string, at: number): number {
  return Math.max(...["'", '"', '`'].map((one) => lastOnLine(one, text, at)));
}

/** The end of a word without quotes; null where it is more than that. */
function plainEnd(text: string, start: number): number | null {
  const word = text.slice(start, repeatedEnd(PLAIN, text, start));
  let length = word.length;
  if (!isWordEnd(text, start + length, start)) return null;
  while (length > 0 && CLOSING.test(word.charAt(length - 1))) length -= 1;
  return start + length;
}

/** The end of md5('secret'), after its closing bracket; null where no function is called. */
function callEnd(text: string, start: number): number | null {
  let at = start + matchAt(/[a-z_][\w.]{0,60}(?=\()/iy, text, start).length;
  if (at === start) return null;
  for (let depth = 0, piece = ''; at - start < LONGEST_CALL; at += piece.length) {
    piece = matchAt(CALL_PIECE, text, at);
    if (piece === '') return null;
    if (piece === '(') depth += 1;
    if (piece === ')') depth -= 1;
    if (depth === 0)
      return isClosing(text.charAt(at + 1)) || /['":]/.test(text.charAt(at + 1)) ? at + 1 : null;
  }
  return null;
}

// A quote that ends a word closes what was opened in front of it.
function isWordEnd(text: string, at: number, start: number): boolean {
  const next = text.charAt(at);
  if (!ANY_QUOTE.test(next)) return isClosing(next);
  return isClosing(text.charAt(at + 1)) && isOpen(next, text, start);
}

function isClosing(character: string): boolean {
  return character === '' || CLOSING.test(character);
}

/** Whether a quote has been opened on the line, and not closed again. */
export function isOpen(quote: string, text: string, at: number): boolean {
  return countBefore(quote, text, at) % 2 === 1;
}

/** With escapes, or quotes within quotes: as far as the last quote of the line, or of the line where it is closed. */
function intricateEnd(text: string, start: number): number {
  const quote = text.charAt(start);
  const line = lineEnd(text, start);
  const last = lastQuote(text, start);
  if (last < start) return line;
  const closing = isLeftOpen(text, start) ? text.indexOf(quote, line) : last;
  if (closing === -1 && last === start) return text.length;
  const end = Math.max(closing, last);
  if (ANY_QUOTE.test(quote) && isClosing(text.charAt(end + 1))) return end + 1;
  return repeatedEnd(ESCAPED_WORD, text, end + 1);
}

/** Whether the quote at a place is closed on a later line. */
function isLeftOpen(text: string, start: number): boolean {
  const quote = text.charAt(start);
  if (!ANY_QUOTE.test(quote)) return false;
  const quotes = countFrom(quote, text, start);
  // Which of several an escape undoes, only its language knows.
  const isEscaped = ['\\', '`'].some((mark) => countFrom(mark, text, start) > 0);
  return quotes === 1 || (quotes % 2 === 1 && !isEscaped);
}

/** Behind as many pieces as stand there: one regular expression that repeats alternatives runs out of stack. */
export function repeatedEnd(piece: RegExp, text: string, start: number): number {
  let at = start;
  for (let found = matchAt(piece, text, at); found !== ''; found = matchAt(piece, text, at))
    at += found.length;
  return at;
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
