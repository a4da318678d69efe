import type { Step } from '../../model/job.ts';
import { holdsSecret } from '../../secrets/mask.ts';

/** The text of a step with its passwords taken out. */
export interface StrippedText {
  readonly text: string;
  readonly isStripped: boolean;
  /** Whether nothing that looks like a password is left. */
  readonly isClean: boolean;
}

// Characters that end a word, quote or stand for something else in no shell, so that what is around them keeps its meaning.
const PLAIN = String.raw`[\w.+,:@~/#=-]`;
const IN_QUOTES = String.raw`[^'"\\$%\`!^\r\n]`;
const BEHIND = String.raw`(?=[\s;&|)\]}]|$)`;

// Not in quotes, and not after the `set` of a batch file, where a value goes on after a blank.
const ASSIGNED = String.raw`(?:^|[\s;&|(])(?<!\bset[ \t]+(?:/\w[ \t]+)?)`;
// A file of variables may be written there, whose values go on after a blank too.
const HERE_DOCUMENT = /<<-?\s*["'\\]?\w/;

interface Rule {
  readonly pattern: RegExp;
  readonly replacement: string;
}

/**
 * What libpq reads alike with and without its password: an empty PGPASSWORD is none (measured with libpq 15 and 18), and
 * `set PGPASSWORD=` of a batch file takes the variable away.
 */
const RULES: readonly Rule[] = [
  {
    pattern:
      /^([ \t]*@?(?:[^\r\n"]*[&|(][ \t]*)?set[ \t]+"PGPASSWORD=)[^"%!^&|<>\r\n]+(?="[ \t]*(?:[&|)]|\r?$))/gim,
    replacement: '$1',
  },
  {
    pattern: /^([ \t]*@?(?:[^\r\n"]*[&|(][ \t]*)?set[ \t]+PGPASSWORD=)[^"%!^&|<>()\r\n]+(?=[&|]|\r?$)/gim,
    replacement: '$1',
  },
  // A shell's assignment, also after export and env, or as the first word of `sh -c '...'`.
  {
    pattern: new RegExp(
      String.raw`(?<=${ASSIGNED}|\s-\w*c[ \t]+["'])(PGPASSWORD=)(?!\*)${PLAIN}+(?=["'\`]?${BEHIND})`,
      'gm',
    ),
    replacement: '$1',
  },
  // The same as a word in quotes, as in docker run -e "PGPASSWORD=secret".
  {
    pattern: new RegExp(String.raw`((["'])PGPASSWORD=)(?!\*)${PLAIN}+(?=\2${BEHIND})`, 'gm'),
    replacement: '$1',
  },
  {
    pattern: new RegExp(String.raw`(?<=${ASSIGNED})(PGPASSWORD=)(['"])${IN_QUOTES}+\2${BEHIND}`, 'gm'),
    replacement: '$1$2$2',
  },
  // $env:PGPASSWORD = 'x' of PowerShell, os.environ['PGPASSWORD'] = 'x', $ENV{PGPASSWORD} = 'x'
  {
    pattern: new RegExp(
      String.raw`((?:\$env:PGPASSWORD|(?:environ|ENV)[\[{]['"]?PGPASSWORD['"]?[\]}])\s*=\s*)(['"])${IN_QUOTES}+\2${BEHIND}`,
      'gm',
    ),
    replacement: '$1$2$2',
  },
  {
    pattern:
      /(\bpostgres(?:ql)?:\/\/[\w.~%+-]*):(?:[\w.+,:~*-]|%[\da-f]{2})+@(?=[\w.,[\]%:-]*(?:[/?\s'"]|$))/gim,
    replacement: '$1@',
  },
];

/**
 * Takes passwords out of the text of a step where that is certain to change nothing but where the password comes from.
 * In SQL that is nowhere: a server that connects on looks into a file of its own.
 */
export function stripStepText({ kind, code }: Pick<Step, 'kind' | 'code'>): StrippedText {
  const text =
    kind === 'sql' || HERE_DOCUMENT.test(code) || !holdsSecret(code)
      ? code
      : RULES.reduce((sum, { pattern, replacement }) => sum.replace(pattern, replacement), code);
  const isStripped = text !== code;
  return { text, isStripped, isClean: !holdsSecret(text) && !(isStripped && usesThePassword(text)) };
}

// Where the variable is read, printed or written somewhere, it was there for more than libpq.
function usesThePassword(text: string): boolean {
  const elsewhere = text.replace(ASSIGNED_EMPTY, '').replace(/\b(?:export|unset)[ \t]+PGPASSWORD\b/g, '');
  return /PGPASSWORD/.test(elsewhere) || WRITTEN_OUT.test(text);
}

const ASSIGNED_EMPTY =
  /(?<![\w$:%!{])PGPASSWORD=(?:''|"")?|(?:\$env:PGPASSWORD|(?:environ|ENV)[[{]['"]?PGPASSWORD['"]?[\]}])\s*=\s*(?:''|"")/g;
const WRITTEN_OUT = /\b(?:echo|printf|tee)\b[^\n;&|]*PGPASSWORD=/i;
