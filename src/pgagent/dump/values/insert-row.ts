import { Failure } from '../../../model/failure.ts';

/** How a dump writes its texts. */
export interface Writing {
  /** Whether a backslash escapes in a plain text too: standard_conforming_strings = off. */
  readonly hasBackslashes: boolean;
  /** Whether each line end became one of Windows, those in texts too. */
  readonly hasReturns: boolean;
}

const QUOTE = /\s*([EB]?)'/iy;
const WORD = /\s*(?:(NULL|DEFAULT)|(true|false|[+-]?[\d.]+(?:e[+-]?\d+)?))(?=[\s,]|$)/iy;
const NEXT = /\s*(?:,|$)/y;

/**
 * The values of a row of an INSERT, from what is in its parentheses; null for NULL and DEFAULT.
 * @throws Failure for what pg_dump does not write
 */
export function insertFields(
  content: Buffer,
  line: number,
  { hasBackslashes, hasReturns }: Writing,
): readonly (Buffer | null)[] {
  // One character a byte, so that any encoding passes.
  const bytes = content.toString('latin1');
  const text = hasReturns ? bytes.replaceAll('\r\n', '\n') : bytes;
  const fields: (Buffer | null)[] = [];
  for (let at = 0; at < text.length; ) {
    const quote = matchAt(QUOTE, text, at);
    if (quote !== null) {
      const from = QUOTE.lastIndex;
      const escapes = hasBackslashes || quote[1]?.toUpperCase() === 'E';
      const end = endOfText(text, from, escapes);
      fields.push(unquoted(text.slice(from, end), escapes));
      at = end + 1;
    } else {
      const [, , word] = matchAt(WORD, text, at) ?? fail(line);
      fields.push(word === undefined ? null : Buffer.from(word, 'latin1'));
      at = WORD.lastIndex;
    }
    if (matchAt(NEXT, text, at) === null) fail(line);
    at = NEXT.lastIndex;
  }
  return fields;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Where the quote is that ends a text. */
function endOfText(text: string, from: number, escapes: boolean): number {
  const mark = escapes ? /['\\]/g : /'/g;
  for (let at = from; ; at = mark.lastIndex + 1) {
    mark.lastIndex = at;
    const found = mark.exec(text);
    if (found === null) return text.length;
    if (found[0] === "'" && text[found.index + 1] !== "'") return found.index;
  }
}

const LETTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const ESCAPE = /''|\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|([\s\S]))/g;

/** PostgreSQL's documentation, "String Constants with C-Style Escapes". */
function unquoted(text: string, escapes: boolean): Buffer {
  if (!escapes) return Buffer.from(text.replaceAll("''", "'"), 'latin1');
  const plain = text.replaceAll(ESCAPE, (all, octal, hex, letter) => {
    if (all === "''") return "'";
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    return hex === undefined ? (LETTERS[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16));
  });
  return Buffer.from(plain, 'latin1');
}

function fail(line: number): never {
  throw new Failure(
    'failed',
    `The INSERT in line ${line} of the dump has a value that pg_dump does not write.`,
    'Make the dump again with pg_dump.',
  );
}
