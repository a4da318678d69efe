/** What stands in a secret's place wherever something is shown. */
export const MASK = '*****';

interface SecretPattern {
  readonly pattern: RegExp;
  readonly replacement: string;
}

// Quotes may be doubled inside an SQL string.
const VALUE = String.raw`(?:''(?:[^']|'(?!'))+''|\$?'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S])*"|(?:[^\s'"&;|)\\]|\\[\s\S])+)`;

// A value that begins with $ or % is a variable: the secret itself stands elsewhere.
const PATTERNS: readonly SecretPattern[] = [
  // scheme://user:secret@host
  { pattern: /([a-z][\w+.-]{0,30}:\/\/[^\s:@/'"]*:)(?![$%])[^\s'"]*(?=@)/gi, replacement: `$1${MASK}` },
  // password=secret in connection strings, PGPASSWORD=secret, --password=secret, $env:PGPASSWORD = 'secret'
  {
    pattern: new RegExp(
      String.raw`((?:password|passwd|passphrase|pass|pwd|secret|token|api[-_]?key|access[-_]?key)\\?["']?\s*[=:]\s*)(?!["']*[$%]\w|["']*\$[({]|\*{5})${VALUE}`,
      'gi',
    ),
    replacement: `$1${MASK}`,
  },
  // CREATE ROLE ... PASSWORD 'secret', --password secret
  {
    pattern: /(\bpassword\s+)(?!["']?\$)((?:e?'(?:[^'\\]|\\[\s\S]|'')*')|"(?:[^"\\]|\\[\s\S])*")/gi,
    replacement: `$1${MASK}`,
  },
  { pattern: /(\bpassword\s+)\$(\w*)\$[\s\S]*?\$\2\$/gi, replacement: `$1${MASK}` },
  { pattern: /(--pass(?:word|phrase)\s+)(?![$"'-])\S+/gi, replacement: `$1${MASK}` },
  // sshpass -p secret, mysql -psecret, redis-cli -a secret, openssl enc -k secret
  {
    pattern:
      /(\b(?:sshpass\s+-p\s*|mysql\w*\s(?:[^\n;|&]*\s)?-p|redis-cli\s(?:[^\n;|&]*\s)?-a\s+|openssl\s(?:[^\n;|&]*\s)?-k\s+))(?!["']?[$%]|\*{5})(?:'[^']*'|"[^"]*"|[^\s'"]+)/gi,
    replacement: `$1${MASK}`,
  },
  // A line of a .pgpass file: host:port:database:user:secret
  {
    pattern: /((?:^|["'\s])[\w.*-]+:(?:\d+|\*):[^\s:'"]+:[^\s:'"]+:)(?![$%]|\*{5})[^\s'"]+/g,
    replacement: `$1${MASK}`,
  },
  // https://token@host
  {
    pattern: /([a-z][\w+.-]{0,30}:\/\/)(?:gh[a-z]|glpat|xox[a-z])[-_][^\s:@/'"]*(?=@)/gi,
    replacement: `$1${MASK}`,
  },
  // Authorization: Bearer secret
  { pattern: /(\bauthorization:\s*\w+\s+)(?![$%])[^\s'"]+/gi, replacement: `$1${MASK}` },
  // curl -u user:secret
  { pattern: /((?:\s-u|--user)[\s=]+["']?[^\s:'"]+:)(?![$%/])[^\s'"]+/gi, replacement: `$1${MASK}` },
];

// One quick pass, since nearly every text holds nothing of the kind.
const WORTH_A_LOOK = /:\/\/|pass|pwd|secret|token|key|authorization|-[akpu]|--user|:(?:\d+|\*):/i;

const MOST_ROUNDS = 5;

/** The text with what looks like a password replaced. It would rather hide too much than show one. */
export function maskSecrets(text: string): string {
  if (!WORTH_A_LOOK.test(text)) return text;
  let masked = text;
  // What one pattern hides can let an earlier one see more.
  for (let round = 0, before = ''; masked !== before && round < MOST_ROUNDS; round += 1) {
    before = masked;
    masked = PATTERNS.reduce((sum, { pattern, replacement }) => sum.replace(pattern, replacement), masked);
  }
  return masked;
}

/** A connection string in the keyword/value form of this tool's own writer, with its passwords replaced. */
export function maskConninfo(text: string): string {
  return text.replace(/(^| )((?:ssl)?password=)(?:'(?:[^'\\]|\\[\s\S])*'|[^ ]*)/g, `$1$2${MASK}`);
}

/** Whether the text holds what looks like a password. */
export function holdsSecret(text: string): boolean {
  return maskSecrets(text) !== text;
}
