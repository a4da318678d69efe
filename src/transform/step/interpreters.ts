import type { InterpreterLine } from './interpreter-line.ts';
import {
  askedInAwk,
  askedInNode,
  askedInPerl,
  askedInPython,
  askedInRuby,
  askedInShell,
} from './own-file.ts';

/** An interpreter that also runs a text given as an argument. */
interface Interpreter {
  readonly name: RegExp;
  /** The words in front of the text, for the options of the `#!` line; null for options that may mean something else there. */
  readonly words: (options: readonly string[]) => readonly string[] | null;
  /** Why a text runs as a file. */
  readonly asked: (text: string, name: string) => string | null;
  /** What its `#!` line becomes; each other line keeps its number. */
  readonly firstLine?: (line: string) => string;
}

const keeping =
  (option: RegExp, flag: string): Interpreter['words'] =>
  (options) =>
    options.every((word) => option.test(word)) ? [...options, flag] : null;

const SHELL_OPTION = /^(?:-[abefhlmnuxBCEHPT]+|--(?:posix|norc|noprofile|login))$/;

// -o is followed by a name.
const ofShell: Interpreter['words'] = (options) =>
  options.at(-1) !== '-o' &&
  options.every(
    (word, at) =>
      SHELL_OPTION.test(word) || word === '-o' || (options[at - 1] === '-o' && /^[a-z]+$/.test(word)),
  )
    ? [...options, '-c']
    : null;

const INTERPRETERS: readonly Interpreter[] = [
  {
    name: /^(?:ba|da|a|k|mk)?sh$/,
    words: ofShell,
    asked: askedInShell,
  },
  {
    name: /^python(?:[23](?:\.\d+)?)?$/,
    words: keeping(/^-[bBdEIOPqRsSuv]+$/, '-c'),
    asked: askedInPython,
    // With -c modules are looked for in the working directory first; from a file, in the file's folder, where nothing else is.
    firstLine: () =>
      'import sys; sys.path[:] = filter(None, sys.path); del sys  # as in a file: no modules from the working directory',
  },
  {
    name: /^perl(?:5[.\d]*)?$/,
    words: keeping(/^-(?:[wWtTUXl]+|C\w*|[Mm][\w:=,]+|I\S+)$/, '-e'),
    asked: askedInPerl,
  },
  {
    name: /^ruby(?:\d[.\d]*)?$/,
    // Under -e ruby keeps some warnings to itself.
    words: keeping(/(?!)/, '-e'),
    asked: askedInRuby,
    // A file is read as UTF-8, an argument as the locale says.
    firstLine: () => '# encoding: UTF-8',
  },
  {
    name: /^node(?:js)?$/,
    words: keeping(/^--(?:no-warnings|no-deprecation|max-old-space-size=\d+)$/, '-e'),
    asked: askedInNode,
    // Node.js may put the text into brackets, where #! is no comment.
    firstLine: (line) => line.replace('#!', '//'),
  },
  {
    name: /^[gm]?awk$/,
    words: (options) => (options.join(' ') === '-f' ? [] : null),
    asked: askedInAwk,
  },
];

/** How a text runs: as an argument after these words, or as a file. */
export type TextForm =
  | { readonly words: readonly [string, ...string[]]; readonly text: string }
  | { readonly fileBecause: string };

/** The shortest form that does what the file of pgAgent did, by a `#!` line; null for one of which nothing is known. */
export function formByLine(
  text: string,
  line: InterpreterLine & { readonly kind: 'words' },
): TextForm | null {
  const { command, options } = line;
  const name = nameOf(command.at(-1) ?? '');
  if (name === 'zsh') return { fileBecause: ZSH };
  const interpreter = INTERPRETERS.find((one) => one.name.test(name));
  const words = interpreter?.words(options);
  if (interpreter === undefined || words == null) return null;
  const fileBecause = interpreter.asked(text, name);
  if (fileBecause !== null) return { fileBecause };
  return { words: [...command, ...words], text: withFirstLine(text, interpreter) };
}

// Measured: a file runs command by command, so what stands after `exit 0` may be anything. Of zsh, bash, dash, busybox, ksh
// and mksh only zsh reads a text given by -c to its end first.
const ZSH = 'zsh -c reads the whole text before it runs any of it';

/** The same for a text that leaves it to a shell. */
export function formInShell(text: string, command: readonly [string, ...string[]]): TextForm {
  const names = command.map(nameOf);
  const fileBecause = names.includes('zsh')
    ? ZSH
    : askedInShell(text, names.includes('bash') ? 'bash' : 'sh');
  if (fileBecause !== null) return { fileBecause };
  // `sh -c -x` would read a text that begins with a dash as one more option.
  return { words: command, text: /^[-+]/.test(text) ? ` ${text}` : text };
}

function nameOf(word: string): string {
  return word.split('/').at(-1) ?? '';
}

function withFirstLine(text: string, { firstLine }: Interpreter): string {
  return firstLine === undefined ? text : text.replace(/^[^\n]*/, firstLine);
}
