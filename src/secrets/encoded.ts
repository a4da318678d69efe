/** Base64 of more than a few characters. A count such as {16,} would run out of stack in a long one. */
const ENCODED = /(?=[A-Za-z\d+/]{16})[A-Za-z\d+/]+={0,2}/g;

interface Encoding {
  /** Whether the bytes may be a text with characters of ASCII, as each with a secret has. Decoding others is slow. */
  mayHold(bytes: Uint8Array): boolean;
  readonly decoder: { decode(bytes: Uint8Array): string };
  encode(text: string): Uint8Array;
}

/** UTF-8, and the UTF-16 that PowerShell's -EncodedCommand takes. */
const ENCODINGS: readonly Encoding[] = [
  {
    mayHold: areSequences,
    decoder: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }),
    encode: (text) => new TextEncoder().encode(text),
  },
  {
    mayHold: (bytes) => bytes.length % 2 === 0 && bytes.some((byte, at) => byte === 0 && at % 2 === 1),
    decoder: new TextDecoder('utf-16le', { fatal: true, ignoreBOM: true }),
    encode: (text) =>
      Uint8Array.from(
        { length: text.length * 2 },
        (_, at) => text.charCodeAt(at >> 1) >> (at % 2 === 0 ? 0 : 8),
      ),
  },
];

/** Whether each first byte of a character of UTF-8 has as many behind it as it says. */
function areSequences(bytes: Uint8Array): boolean {
  let behind = 0;
  for (const byte of bytes) {
    const isBehind = byte >= 0x80 && byte < 0xc0;
    if (isBehind !== behind > 0) return false;
    if (isBehind) behind -= 1;
    else behind = byte < 0x80 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
  }
  return behind === 0;
}

/**
 * The text with secrets hidden within its strings of SQL and PowerShell, as they read without their doubled quotes.
 * @param mask hides the secrets of a plain text
 */
export function maskDoubled(text: string, mask: (plain: string) => string): string {
  let result = '';
  let kept = 0;
  for (let start = text.indexOf("'"); start !== -1; ) {
    const end = stringEnd(text, start);
    if (end === -1) break;
    const inner = text.slice(start + 1, end);
    const plain = inner.replaceAll("''", "'");
    const masked = inner === plain ? plain : mask(plain);
    if (masked !== plain) {
      result += `${text.slice(kept, start + 1)}${masked.replaceAll("'", "''")}`;
      kept = end;
    }
    start = text.indexOf("'", end + 1);
  }
  return result + text.slice(kept);
}

// Where a string with doubled quotes ends; one that is never closed ends at its last pair.
function stringEnd(text: string, start: number): number {
  let pair = -1;
  for (let at = text.indexOf("'", start + 1); at !== -1; at = text.indexOf("'", at + 2)) {
    if (text.charAt(at + 1) !== "'") return at;
    pair = at;
  }
  return pair;
}

/**
 * The text with secrets hidden within what stands there in base64, which stays base64.
 * @param mask hides the secrets of a plain text, which has none without a character of ASCII
 */
export function maskEncoded(text: string, mask: (plain: string) => string): string {
  return text.replace(ENCODED, (run) => maskRun(run, mask));
}

function maskRun(run: string, mask: (plain: string) => string): string {
  const bytes = bytesOf(run);
  if (bytes === null) return run;
  for (const encoding of ENCODINGS) {
    const plain = encoding.mayHold(bytes) ? decoded(bytes, encoding) : null;
    const masked = plain === null ? plain : mask(plain);
    if (masked !== null && masked !== plain) return base64(encoding.encode(masked));
  }
  return run;
}

function bytesOf(run: string): Uint8Array | null {
  // No base64 has this length, and an error takes its time.
  if (run.length % 4 === 1) return null;
  try {
    return Uint8Array.from(atob(run), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

function decoded(bytes: Uint8Array, { decoder }: Encoding): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

function base64(bytes: Uint8Array): string {
  let characters = '';
  for (const byte of bytes) characters += String.fromCharCode(byte);
  return btoa(characters);
}
