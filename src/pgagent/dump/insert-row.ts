import { Failure } from '../../model/failure.ts';

/** A value of an INSERT as pg_dump writes it. */
const VALUE =
  /\s*(?:(NULL|DEFAULT)|(true|false)|([+-]?[\d.]+(?:e[+-]?\d+)?)|B?'((?:[^']|'')*)'|E'((?:[^'\\]|''|\\[\s\S])*)')\s*(?:,|$)/iy;

/**
 * The values of a row of an INSERT, from what is in its parentheses; null for NULL and DEFAULT.
 * @param hasBackslashes whether a backslash escapes in a plain text too
 * @throws Failure for what pg_dump does not write
 */
export function insertFields(
  content: Buffer,
  line: number,
  hasBackslashes: boolean,
): readonly (Buffer | null)[] {
  // One character a byte, so that any encoding passes.
  const text = content.toString('latin1');
  const fields: (Buffer | null)[] = [];
  for (let at = 0; at < text.length; at = VALUE.lastIndex) {
    VALUE.lastIndex = at;
    const found = VALUE.exec(text);
    if (found === null) throw strange(line);
    const [, nothing, truth, number, plain, escaped] = found;
    if (nothing !== undefined) fields.push(null);
    else if (escaped !== undefined || (plain !== undefined && hasBackslashes))
      fields.push(unescaped(escaped ?? plain ?? ''));
    else fields.push(Buffer.from(truth ?? number ?? (plain ?? '').replaceAll("''", "'"), 'latin1'));
  }
  return fields;
}

const LETTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** PostgreSQL's documentation, "String Constants with C-Style Escapes". */
function unescaped(text: string): Buffer {
  const plain = text.replaceAll(
    /''|\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|([\s\S]))/g,
    (all, octal, hex, letter) => {
      if (all === "''") return "'";
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      return LETTERS[letter] ?? letter;
    },
  );
  return Buffer.from(plain, 'latin1');
}

function strange(line: number): Failure {
  return new Failure(
    'failed',
    `The INSERT in line ${line} of the dump has a value that pg_dump does not write.`,
    'Make the dump again with pg_dump.',
  );
}
