import { withoutSingleQuotes } from './quoted-matter.ts';

/** What an operating system, a service manager or the interpreter itself sets. */
const ASIDE =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|PWD|OLDPWD|LANG|LANGUAGE|LC_\w+|TERM|TMPDIR|TZ|HOSTNAME|IFS|PPID|E?UID|RANDOM|SECONDS|LINENO|OPTARG|OPTIND|REPLY|BASH\w*|FUNCNAME|PIPESTATUS|GROUPS|HOSTTYPE|OSTYPE|MACHTYPE|SHLVL|EPOCH\w+|DIRSTACK|COLUMNS|LINES|PS\d|ZSH_\w+|_|MAIL|TEMP|TMP|DATE|TIME|ERRORLEVEL|CD|USERNAME|USERPROFILE|USERDOMAIN|COMPUTERNAME|SYSTEMROOT|SYSTEMDRIVE|WINDIR|PROGRAM\w*|APPDATA|LOCALAPPDATA|PUBLIC|COMSPEC|OS|PATHEXT|PROCESSOR_\w+|NUMBER_OF_PROCESSORS)$/i;

interface Language {
  readonly isOf: (text: string) => boolean;
  readonly used: RegExp;
  readonly set: RegExp;
  /** What may set any name. */
  readonly sources?: RegExp;
  readonly prepare?: (text: string) => string;
}

const NAME = '([A-Za-z_]\\w*)';

/** How each language asks for a name of its environment, without a default, and how it sets one. The first that fits counts. */
const LANGUAGES: readonly Language[] = [
  {
    isOf: (text) => /^#!.*\bpython/.test(text),
    used: new RegExp(
      String.raw`\benviron(?:\[|\.get\()\s*["']${NAME}["']\s*[\])]|\bgetenv\(\s*["']${NAME}["']\s*\)`,
      'g',
    ),
    set: new RegExp(
      String.raw`\benviron\[\s*["']${NAME}["']\s*\]\s*=(?!=)|\b(?:setdefault|putenv)\(\s*["']${NAME}["']`,
      'g',
    ),
  },
  {
    isOf: (text) => /^#!.*\bperl/.test(text),
    used: new RegExp(String.raw`\$ENV\{\s*["']?${NAME}["']?\s*\}`, 'g'),
    set: new RegExp(String.raw`\$ENV\{\s*["']?${NAME}["']?\s*\}\s*(?:\|\||//)?=(?![=~])`, 'g'),
  },
  {
    isOf: (text) => /^#!.*\bruby/.test(text),
    used: new RegExp(String.raw`\bENV(?:\[|\.fetch\()\s*["']${NAME}["']\s*[\])]`, 'g'),
    set: new RegExp(String.raw`\bENV\[\s*["']${NAME}["']\s*\]\s*(?:\|\|)?=(?![=~])`, 'g'),
  },
  {
    isOf: (text) => /^#!.*\bnode/.test(text),
    used: new RegExp(String.raw`\bprocess\.env(?:\.${NAME}|\[["']${NAME}["']\])`, 'g'),
    set: new RegExp(String.raw`\bprocess\.env(?:\.${NAME}|\[["']${NAME}["']\])\s*(?:\?\?|\|\|)?=(?!=)`, 'g'),
  },
  // Another interpreter, of which nothing is known here.
  { isOf: (text) => /^#!(?!.*\b(?:ba|da|a|z|k|mk)?sh\b)/.test(text), used: /(?!)/g, set: /(?!)/g },
  {
    isOf: (text) => /\$env:/i.test(text),
    used: new RegExp(String.raw`\$env:${NAME}`, 'gi'),
    set: new RegExp(String.raw`\$env:${NAME}\s*=`, 'gi'),
  },
  {
    isOf: (text) => /^[ \t]*@|^[ \t]*(?:set|call|rem|if|cd)[ \t].*%|%\w{2,}%.*[A-Za-z]:\\/im.test(text),
    used: /%([A-Za-z_]\w+)(?::[^%\n]*)?%/g,
    set: /\bset[ \t]+(?:\/[ap][ \t]+)?"?([A-Za-z_]\w*)=/gi,
    sources: /^[ \t]*@?call[ \t]+[^:\s]/im,
  },
  {
    isOf: () => true,
    prepare: withoutSingleQuotes,
    used: new RegExp(String.raw`(?<!\\)\$(?:${NAME}|\{#?!?${NAME}(?:\}|##?|%%?|//?|:\d|\^|,|:?\?))`, 'g'),
    set: new RegExp(
      String.raw`(?<![\w$-])${NAME}(?:\[[^\]\n]*\])?\+?=(?!=)|\b(?:for|select)[ \t]+${NAME}\b|\b(?:getopts[ \t]+\S+|printf[ \t]+-v|unset)[ \t]+${NAME}|\$\{${NAME}:?=|\(\([ \t]*${NAME}|\b${NAME}(?:\+\+|--)`,
      'g',
    ),
    sources: /(?:^|[;&|(])[ \t]*(?:\.|source|eval)[ \t]|\bset[ \t]+-a\b/m,
  },
];
const DECLARED =
  /\b(?:read|declare|local|typeset|mapfile|readarray)\b((?:[ \t]+-\w+(?:[ \t]+[^\s-][^\s]*(?=[ \t]))?|[ \t]+[A-Za-z_]\w*)+)/g;

/** The names that a script takes from its environment and sets nowhere, each once; none where another file may set them. */
export function environmentOf(code: string): readonly string[] {
  const text = code.slice(0, MOST_LOOKED_AT);
  const language = LANGUAGES.find(({ isOf }) => isOf(text));
  if (language === undefined || language.sources?.test(text)) return [];
  const looked = language.prepare?.(text) ?? text;
  const isShell = language.prepare !== undefined;
  const set = new Set(namesIn(looked, language.set));
  if (isShell)
    for (const [, words = ''] of looked.matchAll(DECLARED))
      for (const word of words.trim().split(/\s+/)) set.add(word);
  const names = namesIn(looked, language.used).filter((name) => !ASIDE.test(name) && !set.has(name));
  return [...new Set(names)].sort();
}

const MOST_LOOKED_AT = 200_000;

function namesIn(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map((match) => match.slice(1).find((name) => name !== undefined) ?? '');
}
