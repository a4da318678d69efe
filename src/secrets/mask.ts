import { PROGRAM_OPTIONS } from './programs.ts';
import { lastQuote, lineEnd, quotedEnd, repeatedEnd, valueEnd } from './values.ts';

/** What stands in a secret's place wherever something is shown. */
export const MASK = '*****';

/** What stands in front of a secret, and how far it goes from there. */
interface SecretPattern {
  /** What a text has that holds such a secret. */
  readonly sign: keyof typeof SIGNS;
  readonly lead: RegExp;
  readonly end: (text: string, start: number, lead: RegExpExecArray) => number;
}

/** Quick to find, since nearly every text holds nothing of the kind. */
const SIGNS = {
  url: /:\/\//,
  word: /pass|pwd|secret|token|key|authorization|identified/i,
  option: /-(?:h?p|a|k|\w{0,8}[wup])|--user|\/r?p\s/i,
  'net use': /net(?:\.exe)?\s+use/i,
  line: /:(?:\d+|\*):/,
} as const satisfies Record<string, RegExp>;

const KEYWORD = String.raw`(?:pass(?:word|wd)?|passphrase|pwd|secret|token|api[-_]?key|access[-_]?key|scram_\w+_key)`;
// password2, PGPASSWORD_PROD; not PASSWORD_FILE, which says where it is.
const SUFFIX = String.raw`(?:_?\d{1,3}|_(?!file|path|dir)[a-z\d_]{1,30})?`;

/** What a pattern says of a text up to the end of the match. */
const to =
  (pattern: RegExp) =>
  (text: string, start: number): number => {
    const sticky = new RegExp(pattern, 'iy');
    sticky.lastIndex = start;
    return start + (sticky.exec(text)?.[0].length ?? 0);
  };

// A value that begins with $ or is %NAME% or %1 is a variable: the secret itself stands elsewhere. %40 is an @.
const VARIABLE = /["']*(?:\$\w|%(?![\da-f]{2})(?:\w[^%\s@]*%|\d(?!\w))|\$[({])/iy;

const PATTERNS: readonly SecretPattern[] = [
  // scheme://user:secret@host
  { sign: 'url', lead: /[a-z][\w+.-]{0,30}:\/\/[^\s:@/'"]*:/gi, end: literal(to(/[^\s]*(?=@)/)) },
  // The same with a blank in it, which libpq takes. A number is a port.
  {
    sign: 'url',
    lead: /postgres(?:ql)?:\/\/[^\s:@/'"]*:/gi,
    end: literal(to(/(?!\d+[\s,'"])[^@/\n]*(?=@)/)),
  },
  // set PGPASSWORD=a secret, in a batch file
  {
    sign: 'word',
    lead: new RegExp(String.raw`\bset\s+(?:/p\s+)?"?\w*${KEYWORD}${SUFFIX}=`, 'gi'),
    end: literal(batchValueEnd),
  },
  // password=secret in connection strings, PGPASSWORD=secret, --password=secret, $env:PGPASSWORD = 'secret', ENV['PASSWORD'] = "secret"
  {
    sign: 'word',
    lead: new RegExp(String.raw`${KEYWORD}${SUFFIX}\\?["']?[\]}]?[ \t]*(?::=|=>|[=:])`, 'gi'),
    end: literal(assignedEnd),
  },
  // setenv PGPASSWORD secret, putenv('PGPASSWORD', 'secret')
  { sign: 'word', lead: /\bPGPASSWORD(?:["']\s*,\s*|[ \t]+)(?![-=|;&])/g, end: literal(valueEnd) },
  // CREATE ROLE ... PASSWORD 'secret', IDENTIFIED BY 'secret'
  { sign: 'word', lead: /\b(?:password|identified\s+by)\s+(?=(?:e|n|u&)?\\?['"])/gi, end: literal(valueEnd) },
  { sign: 'word', lead: /\bpassword\s+(?=\$\w*\$)/gi, end: to(/\$(\w*)\$[\s\S]*?\$\1\$/) },
  // --password secret, -password secret, -storepass secret
  {
    sign: 'word',
    lead: /(?:--pass(?:word|wd|phrase)?|(?<=["'\s])-(?:(?:store|key)pass|passw(?:or)?d))\s+(?![-|;&>])/gi,
    end: literal(valueEnd),
  },
  // openssl -passin pass:secret
  { sign: 'option', lead: /(?<=\s)-pass(?:in|out)?\s+["']?pass:/g, end: literal(userEnd) },
  // sshpass -p secret ssh -p 22
  { sign: 'option', lead: /\bsshpass\s+(?:-v\s+|-P\s*\S+\s+){0,9}-p\s*/g, end: literal(valueEnd) },
  // net use x: \\server\share secret /user:me, or /user:me secret
  {
    sign: 'net use',
    lead: /\bnet(?:\.exe)?\s+use\s+(?:[a-z]:\s+|\*\s+)?(?:"\\\\[^"\n]*"|\\\\\S+)[ \t]+(?![/*>&|\s])/gi,
    end: literal(valueEnd),
  },
  {
    sign: 'net use',
    lead: /\bnet(?:\.exe)?\s+use\s[^\n]{0,300}?\/user:(?:"[^"\n]*"|\S+)[ \t]+(?![/*>&|\s])/gi,
    end: literal(valueEnd),
  },
  ...PROGRAM_OPTIONS.map(({ lead, isOf }) => ({
    sign: 'option' as const,
    lead,
    end: literal((text, start, match) => (isOf(text, match.index) ? userEnd(text, start, match) : start)),
  })),
  // A line of a .pgpass file: host:port:database:user:secret
  {
    sign: 'line',
    lead: /(?:^|["'\s])[\w.*-]+:(?:\d+|\*):[^\s:'"]+:[^\s:'"]+:/gm,
    end: literal(passwordFileEnd),
  },
  // https://token@host
  {
    sign: 'url',
    lead: /[a-z][\w+.-]{0,30}:\/\/(?=(?:gh[a-z]|glpat|xox[a-z])[-_])/gi,
    end: to(/[^\s:@/'"]*(?=@)/),
  },
  // Authorization: Bearer secret
  { sign: 'word', lead: /\bauthorization:\s*\w+\s+/gi, end: literal(to(/[^\s'"]+/)) },
  // curl -u user:secret
  { sign: 'option', lead: /(?:\s-u|--user)[\s=]+["']?[^\s:'"]+:(?![$%/])/gi, end: literal(userEnd) },
];

// `set A=b` goes to the end of the line or to the next command, `set "A=b"` to the quote after which one of these stands.
function batchValueEnd(text: string, start: number, [lead]: RegExpExecArray): number {
  const line = text.slice(start, lineEnd(text, start));
  const end = lead.includes('"')
    ? line.search(/"[ \t]*(?:[&|)]|$)/)
    : line.slice(0, repeatedEnd(/(?:\^[&|]|[^&|"]){1,1000}|"[^"]*"?/y, line, 0)).trimEnd().length;
  return start + (end === -1 ? line.length : end);
}

function assignedEnd(text: string, start: number, { 0: lead, index }: RegExpExecArray): number {
  const blanks = /^[ \t]*(?:\s*(?=['"]))?/.exec(text.slice(start, start + 100))?.[0].length ?? 0;
  const begin = start + blanks;
  const quoteAt = quoteBefore(text, index, lead);
  if (isVariable(text, begin) || (quoteAt === null && isEmptyAssignment(text, index, begin))) return start;
  // The parameter of a URI.
  if (/[?&]\w*$/.test(text.slice(Math.max(0, index - 20), index))) return to(/[^&\s"]*/)(text, begin);
  const end = quoteAt === null ? valueEnd(text, begin) : insideEnd(text, begin, quoteAt);
  return end === begin ? start : end;
}

// In a shell the value of PGPASSWORD= stands right after it.
function isEmptyAssignment(text: string, index: number, begin: number): boolean {
  const sign = index + 'PASSWORD'.length;
  const isShell = text.startsWith('PGPASSWORD=', index - 2);
  return isShell && /[\s;&|)]/.test(text.charAt(sign + 1)) && !/['"]/.test(text.charAt(begin));
}

// 'PGPASSWORD=my secret' as one word of a shell: the quote stands in front of the name. After `sh -c` it is a command.
function quoteBefore(text: string, index: number, lead: string): number | null {
  const name = /(?<!\s-\w*c[ \t]+)["'][\w$:-]*$/.exec(text.slice(Math.max(0, index - 40), index));
  return name === null || /["'\])}]/.test(lead) ? null : index - name[0].length;
}

function passwordFileEnd(text: string, start: number, { 0: lead, index }: RegExpExecArray): number {
  if (/^["']/.test(lead)) return insideEnd(text, start, index);
  return /^[^\S\n]/.test(lead) ? valueEnd(text, start) : lineEnd(text, start);
}

function userEnd(text: string, start: number, { 0: lead, index }: RegExpExecArray): number {
  const quote = /["']/.exec(lead);
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
function literal(end: SecretPattern['end']): SecretPattern['end'] {
  return (text, start, lead) => (isVariable(text, start) ? start : end(text, start, lead));
}

function isVariable(text: string, at: number): boolean {
  VARIABLE.lastIndex = at;
  return VARIABLE.test(text);
}

const MOST_ROUNDS = 5;

/** The text with what looks like a password replaced. It would rather hide too much than show one. */
export function maskSecrets(text: string): string {
  const signs = new Set(Object.keys(SIGNS).filter((sign) => SIGNS[sign as keyof typeof SIGNS].test(text)));
  if (signs.size === 0) return text;
  const patterns = PATTERNS.filter(({ sign }) => signs.has(sign));
  let masked = text;
  // What one pattern hides can let an earlier one see more.
  for (let round = 0, before = ''; masked !== before && round < MOST_ROUNDS; round += 1) {
    before = masked;
    masked = patterns.reduce(maskBehind, masked);
  }
  return masked;
}

function maskBehind(text: string, { lead, end }: SecretPattern): string {
  let masked = '';
  let kept = 0;
  lead.lastIndex = 0;
  for (let match = lead.exec(text); match !== null; match = lead.exec(text)) {
    const start = lead.lastIndex;
    const stop = end(text, start, match);
    const blanks = /^\s*/.exec(text.slice(start, stop))?.[0] ?? '';
    if (stop <= start || text.startsWith(MASK, start + blanks.length)) continue;
    masked += `${text.slice(kept, start)}${blanks}${MASK}`;
    kept = stop;
    lead.lastIndex = stop;
  }
  return masked + text.slice(kept);
}

/** A connection string in the keyword/value form of this tool's own writer, with its passwords replaced. */
export function maskConninfo(text: string): string {
  const masked = text.replace(/([^ =]+)=('(?:[^'\\]|\\[\s\S])*'|[^ ]*)/g, (pair, keyword: string) =>
    /^(?:ssl)?password$/.test(keyword) ? `${keyword}=${MASK}` : pair,
  );
  return maskSecrets(masked);
}

/** Whether the text holds what looks like a password. */
export function holdsSecret(text: string): boolean {
  return maskSecrets(text) !== text;
}
