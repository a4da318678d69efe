import { lineEnd } from './lines.ts';
import { isNoLiteral } from './sql.ts';
import { isOpen, lastQuote, quotedEnd, repeatedEnd, valueEnd } from './values.ts';

/** How far a secret goes: from where the match of what stands in front of it ends. */
export type End = (text: string, start: number, lead: RegExpExecArray) => number;

/** What a pattern says of a text up to the end of the match. */
export const to =
  (pattern: RegExp) =>
  (text: string, start: number): number => {
    const sticky = new RegExp(pattern, 'iy');
    sticky.lastIndex = start;
    return start + (sticky.exec(text)?.[0].length ?? 0);
  };

// A value that begins with $ or is %NAME% or %1 is a variable: the secret itself stands elsewhere. %40 is an @.
const VARIABLE = /["']*(?:\$\w|%(?![\da-f]{2})(?:\w[^%\s@]*%|\d(?!\w))|\$[({])/iy;
// Within '...' only what can be nothing else: "... PASSWORD '$NEW'" is a shell's, and '$1x9' of SQL a secret.
const QUOTED_VARIABLE = /["']*(?:\$(?:[a-z_]+\d{0,2}|\d|\{[^}\s]*\}|\(.*\))(?!\w)|%)/iy;

// `set A=b` goes to the end of the line or to the next command, `set "A=b"` to the quote after which one of these stands.
export function batchValueEnd(text: string, start: number, [lead]: RegExpExecArray): number {
  const line = text.slice(start, lineEnd(text, start));
  const end = lead.includes('"')
    ? line.search(/"[ \t]*(?:[&|)]|$)/)
    : line.slice(0, repeatedEnd(/(?:\^[&|]|[^&|"]){1,1000}|"[^"]*"?/y, line, 0)).trimEnd().length;
  return start + (end === -1 ? line.length : end);
}

export function assignedEnd(text: string, start: number, { 0: lead, index }: RegExpExecArray): number {
  const blanks =
    /^[ \t]*(?:[\\^`]\r?\n[ \t]*|\s*(?=['"]))?/.exec(text.slice(start, start + 100))?.[0].length ?? 0;
  const begin = start + blanks;
  const quoteAt = quoteBefore(text, index, lead);
  if (isVariable(text, begin) || isNull(text, begin) || isNoLiteral(text, index, begin)) return start;
  if (isOfPath(text, index, lead, begin)) return start;
  if (quoteAt === null && isEmptyAssignment(text, index, lead, begin)) return start;
  // The parameter of a URI.
  if (/[?&]\w*$/.test(text.slice(Math.max(0, index - 20), index))) return to(/[^&\s"]*/)(text, begin);
  const end = quoteAt === null ? valueEnd(text, begin) : insideEnd(text, begin, quoteAt);
  return end === begin ? start : end;
}

function isNull(text: string, begin: number): boolean {
  return /^(?:null|nil|undefined)(?!\w)/i.test(text.slice(begin, begin + 10));
}

let sources = { text: '', names: new Set<string>() };

/** Whether a text sets PGPASSWORD from the variable of this assignment. */
export function isSourceOfPassword(text: string, assignment: string): boolean {
  if (text !== sources.text) {
    const found = text.matchAll(/\b(?:PGPASSWORD|MYSQL_PWD|SSHPASS)\s?=\s?["']?[$%]\{?(\w{1,60})/gi);
    sources = { text, names: new Set([...found].map(([, name]) => name ?? '')) };
  }
  return sources.names.has(/\w+/.exec(assignment)?.[0] ?? '');
}

// In a shell the value of PGPASSWORD= stands right after it; `grep password= file` has none.
function isEmptyAssignment(text: string, index: number, lead: string, begin: number): boolean {
  const isApart = /[\s;&|)]/.test(text.charAt(index + lead.length)) && !/['"]/.test(text.charAt(begin));
  if (!isApart || !/\w=$/.test(lead)) return false;
  const command = text.slice(Math.max(0, index - 200), index);
  return (
    text.startsWith('PGPASSWORD=', index - 2) || /\b(?:[efz]?grep|findstr|sed|awk)\s[^\n;|&]*$/.test(command)
  );
}

// /usr/pass:/bin
function isOfPath(text: string, index: number, lead: string, begin: number): boolean {
  const isPath = lead.endsWith(':') && text.startsWith('/', begin);
  return isPath && /[\w.]\/[\w.-]*$/.test(text.slice(Math.max(0, index - 60), index));
}

// 'PGPASSWORD=my secret' as one word of a shell: the quote stands in front of the name. After `sh -c` it is a command.
function quoteBefore(text: string, index: number, lead: string): number | null {
  const name = /(?<!\s-\w*c[ \t]+)["'][\w$:-]*$/.exec(text.slice(Math.max(0, index - 40), index));
  return name === null || /["'\])}]/.test(lead) ? null : index - name[0].length;
}

const LONGEST_KEY = 20_000;

export function privateKeyEnd(text: string, start: number): number {
  const end = text.slice(start, start + LONGEST_KEY).indexOf('-----END');
  return end === -1 ? repeatedEnd(/[A-Za-z\d+/=\s\\]{1,1000}/y, text, start) : start + end;
}

/** After $tag$secret$tag$. */
export function dollarQuotedEnd(text: string, start: number): number {
  const begin = to(/\$\w{0,63}\$/)(text, start);
  const tag = text.slice(start, begin);
  const end = text.slice(begin, begin + LONGEST_KEY).indexOf(tag);
  return end === -1 ? start : begin + end + tag.length;
}

let word = { text: '', start: 0, end: 0, lastAt: -1 };

/** Where the host of a URI begins: in front of the last @ of the word. Thousands of URIs may stand in one. */
export function hostAt(text: string, start: number): number {
  if (text !== word.text || start < word.start || start > word.end) {
    const end = repeatedEnd(/\S{1,1000}/y, text, start);
    word = { text, start, end, lastAt: start + text.slice(start, end).lastIndexOf('@') };
  }
  return Math.max(start, word.lastAt);
}

export function passwordFileEnd(text: string, start: number, { 0: lead, index }: RegExpExecArray): number {
  if (/^["']/.test(lead)) return insideEnd(text, start, index);
  return /^[^\S\n]/.test(lead) ? valueEnd(text, start) : lineEnd(text, start);
}

export function userEnd(text: string, start: number, { 0: lead, index }: RegExpExecArray): number {
  // 'me':'secret'
  const quote = /["'][:,]$/.test(lead) ? null : /["']/.exec(lead);
  return quote === null ? valueEnd(text, start) : insideEnd(text, start, index + quote.index);
}

/**
 * The end of a secret that is the rest of what a quote has opened. The quotes may be a message's, around a text with
 * quotes of its own: then the secret ends where its own do.
 */
function insideEnd(text: string, start: number, quoteAt: number): number {
  const end = quotedEnd(text, quoteAt);
  const inside = text.charAt(end - 1) === text.charAt(quoteAt) ? end - 1 : end;
  const own = valueEnd(text, start);
  // "PGPASSWORD='a'" b": the value goes on, or it does not.
  const isEither =
    own === inside && own > start + 1 && isOtherQuote(text.charAt(start), text.charAt(quoteAt));
  return Math.max(start, inside, isEither ? lastQuote(text, own + 1) : own);
}

function isOtherQuote(one: string, other: string): boolean {
  return (one === "'" || one === '"') && one !== other;
}

/** Nothing, where a variable stands. */
export function literal(end: End): End {
  return (text, start, lead) => (isVariable(text, start) ? start : end(text, start, lead));
}

function isVariable(text: string, at: number): boolean {
  if (!matches(VARIABLE, text, at)) return false;
  const isQuoted = isOpen("'", text, at) || /["']*'/y.test(text.slice(at, at + 4));
  return !isQuoted || matches(QUOTED_VARIABLE, text, at);
}

function matches(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}
