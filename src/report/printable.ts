const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u001b': '\\e' };

// Control, format (with it what reverses the direction), line and paragraph separators, lone surrogates.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const JOINER = '\u200d';
const PICTOGRAPH = /(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)$/u;

/** The text on one line, with everything that a terminal would obey or hide written out. */
export function printable(text: string): string {
  return text.replace(INVISIBLE, (character, at: number) =>
    // A joiner between pictographs makes one of them.
    character === JOINER && PICTOGRAPH.test(text.slice(0, at)) ? character : writtenOut(character),
  );
}

function writtenOut(character: string): string {
  return SHORT[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** JSON of one value, without a raw character that a terminal would obey. */
export function printableJson(value: unknown, indent: string): string {
  return JSON.stringify(value, null, 2)
    .replace(/[\p{Cf}\p{Zl}\p{Zp}\u007f-\u009f]/gu, jsonEscape)
    .replaceAll('\n', `\n${indent}`);
}

function jsonEscape(character: string): string {
  return Array.from(
    { length: character.length },
    (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`,
  ).join('');
}
