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
      String.raw`((?:password|passwd|passphrase|pwd|secret|token|api_?key|access_?key)["']?\s*[=:]\s*)(?!["']*[$%]\w|["']*\$[({]|\*{5})${VALUE}`,
      'gi',
    ),
    replacement: `$1${MASK}`,
  },
  // CREATE ROLE ... PASSWORD 'secret', --password secret
  {
    pattern: /(\bpassword\s+)(?!["']?\$)((?:e?'(?:[^'\\]|\\[\s\S]|'')*')|"(?:[^"\\]|\\[\s\S])*")/gi,
    replacement: `$1${MASK}`,
  },
  { pattern: /(--password\s+)(?![$"'-])\S+/gi, replacement: `$1${MASK}` },
  // Authorization: Bearer secret
  { pattern: /(\bauthorization:\s*\w+\s+)(?![$%])[^\s'"]+/gi, replacement: `$1${MASK}` },
  // curl -u user:secret
  { pattern: /((?:\s-u|--user)[\s=]+["']?[^\s:'"]+:)(?![$%/])[^\s'"]+/gi, replacement: `$1${MASK}` },
];

// One quick pass, since nearly every text holds nothing of the kind.
const WORTH_A_LOOK = /:\/\/|pass|pwd|secret|token|key|authorization|-u|--user/i;

/** The text with what looks like a password replaced. It would rather hide too much than show one. */
export function maskSecrets(text: string): string {
  if (!WORTH_A_LOOK.test(text)) return text;
  return PATTERNS.reduce((masked, { pattern, replacement }) => masked.replace(pattern, replacement), text);
}

/** A connection string in the keyword/value form of this tool's own writer, with its passwords replaced. */
export function maskConninfo(text: string): string {
  return text.replace(/(^| )((?:ssl)?password=)(?:'(?:[^'\\]|\\[\s\S])*'|[^ ]*)/g, `$1$2${MASK}`);
}

/** Whether the text holds what looks like a password. */
export function holdsSecret(text: string): boolean {
  return maskSecrets(text) !== text;
}
