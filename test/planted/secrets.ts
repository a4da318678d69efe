import fc from 'fast-check';

/** Stands at the beginning, in the middle and at the end of every drawn secret, so that a part of one is found too. */
export const MARK = 'Zq7x';

/** Secrets of letters, digits, punctuation, quotes, blanks and letters beyond ASCII. */
export function secrets(characters: readonly string[]): fc.Arbitrary<string> {
  const part = fc.array(fc.constantFrom(...characters), { maxLength: 10 }).map((all) => all.join(''));
  return fc.tuple(part, part).map(([first, second]) => `${MARK}${first}${MARK}${second}${MARK}`);
}

export const PLAIN: readonly string[] = [...'abcXYZ019_.-'];
export const ANY: readonly string[] = [
  ...'abZ09',
  ...'\'\'""\\\\  @:/?#[]!$&()*+,;=%^~`{}|<>-._',
  ...'äß雪',
  '😀',
];

/** As a word of a POSIX shell, in single quotes. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** In double quotes, where $, `, \ and " mean something. */
export function doubleQuoted(text: string): string {
  return `"${text.replace(/[$`\\"]/g, '\\$&')}"`;
}

export function escaped(text: string): string {
  return text.replace(/[^\w]/gu, '\\$&');
}

/** A value of a connection string. */
export function conninfoQuoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}

/** A string of SQL. */
export function sqlQuoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Every way in which a secret may be read out of a text again. */
export function traces(secret: string): readonly string[] {
  const base64 = [0, 1, 2].map((shift) => {
    const bytes = Buffer.from(`${' '.repeat(shift)}${secret}`);
    // The characters that depend on the secret alone, whatever stands before and behind it.
    return bytes.toString('base64').slice(shift === 0 ? 0 : 4, Math.floor(bytes.length / 3) * 4);
  });
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    ...base64,
    Buffer.from(secret, 'utf16le').toString('base64').slice(0, -4),
    Buffer.from(secret).toString('hex'),
  ];
}
