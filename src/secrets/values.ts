/** Where a secret in a text ends, as far as can be told without knowing its language: rather too far than too near. */

// One pair of quotes around something in which nothing could be meant as a quote.
const QUOTED = /'[^'\\`\r\n]*'(?!')|"[^"\\`\r\n]*"(?!")|''[^'"\\`\r\n]+''(?!')/y;
const PLAIN = /(?:[^\s'"\\`]|\\[^\s'"\\`]|\\ ){1,1000}/y;
const ESCAPED_WORD = /(?:\\[\s\S]|\S){1,1000}/y;
const ANY_QUOTE = /['"`]/;
const CLOSING = /[\s;&|)\]}>,]/;
const LONGEST_LOOK_BACK = 4_000;

/** The end of what follows `password=` and the like; the same place where nothing stands there. */
export function valueEnd(text: string, start: number): number {
  const prefix = matchAt(/(?:e|n|u&|\$)(?=')/iy, text, start);
  const begin = start + prefix.length;
  const quote = text.charAt(begin);
  if (!/['"]/.test(quote)) return begin + (plainLength(text, begin) ?? intricateEnd(text, begin) - begin);
  if (isOpen(quote, text, begin) && isClosing(text.charAt(begin + 1))) return start;
  if (text.startsWith(quote + quote, begin) && isClosing(text.charAt(begin + 2))) return start;
  return quotedEnd(text, begin);
}

/** After what the quote at a place opens. */
export function quotedEnd(text: string, start: number): number {
  const simple = matchAt(QUOTED, text, start);
  const end = start + simple.length;
  return simple !== '' && isWordEnd(text, end, start) ? end : intricateEnd(text, start);
}

export function lineEnd(text: string, start: number): number {
  const newline = text.indexOf('\n', start);
  const end = newline === -1 ? text.length : newline;
  return end > start && text.charAt(end - 1) === '\r' ? end - 1 : end;
}

/** Where the last quote stands on the line of a place; it may be in front of that. */
export function lastQuote(text: string, at: number): number {
  const line = lineEnd(text, at);
  return Math.max(...["'", '"', '`'].map((one) => text.lastIndexOf(one, line - 1)));
}

/** The length of a word without quotes; null where it is more than that. */
function plainLength(text: string, start: number): number | null {
  const word = text.slice(start, repeatedEnd(PLAIN, text, start));
  let length = word.length;
  if (!isWordEnd(text, start + length, start)) return null;
  while (length > 0 && CLOSING.test(word.charAt(length - 1))) length -= 1;
  return length;
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
function isOpen(quote: string, text: string, at: number): boolean {
  const line = text.lastIndexOf('\n', at - 1) + 1;
  if (at - line > LONGEST_LOOK_BACK) return false;
  return text.slice(line, at).split(quote).length % 2 === 0;
}

/** With escapes, or quotes within quotes: as far as the last quote of the line, or of the line where it is closed. */
function intricateEnd(text: string, start: number): number {
  const quote = text.charAt(start);
  const line = lineEnd(text, start);
  const last = lastQuote(text, start);
  if (last < start) return line;
  const closing = isLeftOpen(text.slice(start, line)) ? text.indexOf(quote, line) : last;
  if (closing === -1 && last === start) return text.length;
  const end = Math.max(closing, last);
  if (ANY_QUOTE.test(quote) && isClosing(text.charAt(end + 1))) return end + 1;
  return repeatedEnd(ESCAPED_WORD, text, end + 1);
}

/** Whether the quote that a line begins with is closed on a later one. */
function isLeftOpen(line: string): boolean {
  if (!ANY_QUOTE.test(line.charAt(0))) return false;
  const quotes = line.split(line.charAt(0)).length - 1;
  // Which of several an escape undoes, only its language knows.
  return quotes === 1 || (quotes % 2 === 1 && !/[\\`]/.test(line));
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
