/** Where a secret in a text ends, as far as can be told without knowing its language: rather too far than too near. */

// One pair of quotes around something in which nothing could be meant as a quote.
const QUOTED = /'[^'\\`\r\n]*'(?!')|"[^"\\`\r\n]*"(?!")|''[^'"\\`\r\n]+''(?!')/y;
const PLAIN = /(?:[^\s'"\\`]|\\[^\s'"\\`]|\\ )+/y;
const ANY_QUOTE = /['"`]/;
const CLOSING = /[\s;&|)\]}>,]/;
const LONGEST_LOOK_BACK = 4_000;

/** The end of what stands behind `password=` and the like; the same place where nothing stands there. */
export function valueEnd(text: string, start: number): number {
  const prefix = matchAt(/(?:e|n|u&|\$)(?=')/iy, text, start);
  const begin = start + prefix.length;
  const quote = text.charAt(begin);
  if (!/['"]/.test(quote)) return begin + (plainLength(text, begin) ?? intricateEnd(text, begin) - begin);
  if (isOpen(quote, text, begin) && isClosing(text.charAt(begin + 1))) return start;
  if (text.startsWith(quote + quote, begin) && isClosing(text.charAt(begin + 2))) return start;
  return quotedEnd(text, begin);
}

/** Behind what the quote at a place opens. */
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

/** The length of a word without quotes; null where it is more than that. */
function plainLength(text: string, start: number): number | null {
  const word = matchAt(PLAIN, text, start);
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
  const last = Math.max(...["'", '"', '`'].map((one) => text.lastIndexOf(one, line - 1)));
  const across = text.indexOf(quote, start + 1);
  if (last < start) return line;
  if (last === start && across === -1) return text.length;
  const end = last > start ? last : across;
  const next = text.charAt(end + 1);
  if (ANY_QUOTE.test(quote) && isClosing(next)) return end + 1;
  return end + 1 + matchAt(/(?:\\[\s\S]|\S)*/y, text, end + 1).length;
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
