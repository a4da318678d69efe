// What a terminal would obey or hide. Beyond ASCII no escape is one that every encoding of a server takes.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/u;
const HIDDEN_BEYOND_ASCII = /([\u0080-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]+)/u;
const CONTROLS = /\p{Cc}/gu;
const CONTROLS_BUT_LINES = /[^\P{Cc}\n\t]/gu;
const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * A short text as SQL, on one line. It means the same whatever standard_conforming_strings says, and psql takes nothing in
 * it for its own. No character that a terminal would obey is in it.
 */
export function sqlText(text: string): string {
  return literal(text, /[\\\p{Cc}]/u.test(text) ? (part) => escaped(part, CONTROLS) : plain);
}

/** The same of code, with its lines and tabs as they are and, where nothing hides in it, without any escape. */
export function sqlCode(text: string): string {
  if (HIDDEN.test(text.replace(/[\n\t]/g, '')))
    return literal(text, (part) => escaped(part, CONTROLS_BUT_LINES));
  return /['\\\n]/.test(text) ? dollarQuoted(text, 'code') : plain(text);
}

/**
 * A text between dollar quotes. The scanners of PostgreSQL and psql end it at the first `$tag$`. The text holds no `$tag`, so that
 * neither it nor its end together with the closing quote makes an earlier one.
 * @param word of small letters, that the tag begins with
 */
export function dollarQuoted(text: string, word: string): string {
  let tag = word;
  for (let number = 1; text.includes(`$${tag}`); number += 1) tag = `${word}_${number}`;
  return `$${tag}$${text}$${tag}$`;
}

export function sqlTextOrNull(text: string | null): string {
  return text === null ? 'NULL' : sqlText(text);
}

/** A value as jsonb. */
export function sqlJson(value: unknown): string {
  return `${sqlCode(JSON.stringify(value))}::jsonb`;
}

function literal(text: string, quoted: (part: string) => string): string {
  const parts = text
    .split(HIDDEN_BEYOND_ASCII)
    .flatMap((part, place) => (part === '' ? [] : place % 2 === 0 ? quoted(part) : converted(part)));
  return parts.length > 1 ? `(${parts.join(' || ')})` : (parts[0] ?? "''");
}

function plain(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function escaped(text: string, controls: RegExp): string {
  const doubled = plain(text.replaceAll('\\', '\\\\'));
  return `E${doubled.replace(controls, (character) => ESCAPES[character] ?? hexadecimal(character))}`;
}

function hexadecimal(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

function converted(text: string): string {
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, '0'));
  return `convert_from(decode('${bytes.join('')}', 'hex'), 'UTF8')`;
}
