const TAB = 0x09;
const BACKSLASH = 0x5c;

/** What a letter after a backslash means: PostgreSQL's documentation of COPY, "Text Format". */
const LETTERS: Readonly<Record<string, number>> = { b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 };

/**
 * The fields of a line of COPY's text format; null for \N.
 * @param isLead whether the byte after this one belongs to it
 */
export function copyFields(line: Buffer, isLead: (byte: number) => boolean): readonly (Buffer | null)[] {
  const fields: (Buffer | null)[] = [];
  for (let from = 0; from <= line.length; ) {
    const tab = line.indexOf(TAB, from);
    const end = tab < 0 ? line.length : tab;
    fields.push(fieldOf(line.subarray(from, end), isLead));
    from = end + 1;
  }
  return fields;
}

function fieldOf(text: Buffer, isLead: (byte: number) => boolean): Buffer | null {
  if (!text.includes(BACKSLASH)) return text;
  if (text.length === 2 && text[1] === 0x4e) return null;
  const bytes = Buffer.alloc(text.length);
  let length = 0;
  const put = (byte: number): void => {
    bytes[length] = byte;
    length += 1;
  };
  for (let at = 0; at < text.length; ) {
    const byte = text[at] as number;
    const isEscape = byte === BACKSLASH && at + 1 < text.length;
    const { value, size } = isEscape ? escapeAt(text, at) : { value: byte, size: 1 };
    put(value);
    at += size;
    if (!isEscape && isLead(byte) && at < text.length) {
      put(text[at] as number);
      at += 1;
    }
  }
  return bytes.subarray(0, length);
}

/** Up to three octal digits, an x and up to two hexadecimal ones, or a letter. */
const ESCAPE = /^\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|([\s\S]))/;

function escapeAt(text: Buffer, at: number): { readonly value: number; readonly size: number } {
  const [all = '\\', octal, hex, letter = ''] = ESCAPE.exec(text.toString('latin1', at, at + 4)) ?? [];
  if (octal !== undefined) return { value: Number.parseInt(octal, 8) & 0xff, size: all.length };
  if (hex !== undefined) return { value: Number.parseInt(hex, 16), size: all.length };
  return { value: LETTERS[letter] ?? letter.charCodeAt(0), size: all.length };
}
