/** A piece of a plain text of SQL; words in small letters, names in quotes and strings without them. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'sign';
  readonly text: string;
}

/** Says that a text has more to it than these few rules know. */
export class NotPlain extends Error {}

const LONGEST_NAME = 63;
/** The parser's own stack ends somewhere; nobody writes a plain text of so many pieces. */
const MOST_TOKENS = 1_000;

const BLANKS = /[ \t\n\r\f\v]+|--[^\n\r]*/y;
// A word, a name in quotes, a string, a number, an operator, another sign. What stands right behind a word or a number may
// change what it is: e'..', x$1, 1.5e3.
const TOKEN =
  /([a-z_]\w*)(?![\w$'"]|[^\0-\x7f])|"([^"\0]+)"(?!")|'([^'\\\0]*(?:''[^'\\\0]*)*)'|(\d+(?:\.\d+)?)(?![\w.$]|[^\0-\x7f])|([-+*/<>=~!@#%^&|`?]+)|(::|[(),.;])/iy;
const OPERATORS: ReadonlySet<string> = new Set([...'+-*/<>=', '<=', '>=', '<>', '!=', '||']);

/**
 * The pieces of a text, as PostgreSQL's scanner cuts it (scan.l), where all of them are plain.
 * @throws NotPlain
 */
export function tokensOf(text: string): readonly Token[] {
  const found: Token[] = [];
  for (let at = skippedEnd(text, 0); at < text.length; at = skippedEnd(text, TOKEN.lastIndex)) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null || found.length === MOST_TOKENS) throw new NotPlain();
    found.push(tokenOf(match));
  }
  return found;
}

function tokenOf([, word, quoted, string, number, operator, sign = '']: RegExpExecArray): Token {
  if (word !== undefined) return { kind: 'word', text: name(word).toLowerCase() };
  if (quoted !== undefined) return { kind: 'quoted', text: name(quoted) };
  if (string !== undefined) return { kind: 'string', text: whole(string.replaceAll("''", "'")) };
  if (number !== undefined) return { kind: 'number', text: number };
  if (operator !== undefined && !OPERATORS.has(operator)) throw new NotPlain();
  return { kind: 'sign', text: operator ?? sign };
}

/** Behind blanks and comments. */
function skippedEnd(text: string, start: number): number {
  for (let at = start; ; ) {
    BLANKS.lastIndex = at;
    const end = BLANKS.test(text) ? BLANKS.lastIndex : commentEnd(text, at);
    if (end === at) return at;
    at = end;
  }
}

/** Where a comment ends that begins at a place; the place itself where none does. One in another is left to the parser. */
function commentEnd(text: string, at: number): number {
  const end = text.startsWith('/*', at) ? text.indexOf('*/', at + 2) : -1;
  return end === -1 || text.slice(at + 2, end + 1).includes('/*') ? at : end + 2;
}

function name(text: string): string {
  if (text.length > LONGEST_NAME || /[^\0-\x7f]/.test(text)) throw new NotPlain();
  return text;
}

// Half of a character beyond the basic plane is none in UTF-8.
function whole(text: string): string {
  if (/[\ud800-\udfff]/.test(text)) throw new NotPlain();
  return text;
}
