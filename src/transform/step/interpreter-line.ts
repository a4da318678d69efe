import { maskSecrets } from '../../secrets/mask.ts';

/** What a batch text says about its interpreter. */
export type InterpreterLine =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'words';
      /** The interpreter, after `env` where the line has that. */
      readonly command: readonly [string, ...string[]];
      readonly options: readonly string[];
    }
  /** For the system alone to read. */
  | { readonly kind: 'other' };

/** Older kernels cut a longer line, newer ones refuse one; they may do so to the file. */
const LONGEST_LINE = 127;
/** A word that `env -S` takes as it is. */
const PLAIN_WORD = /^[\w./:=,+-]+$/;

/** Reads the `#!` line as Linux does: a path, then everything after it as one argument. */
export function readInterpreterLine(text: string): InterpreterLine {
  if (!text.startsWith('#!')) return { kind: 'none' };
  const [line = ''] = text.split('\n', 1);
  const [, path = '', argument = ''] = /^#![ \t]*([^ \t]*)[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
  if (!path.startsWith('/') || line.length > LONGEST_LINE) return { kind: 'other' };
  if (!path.endsWith('/env'))
    return { kind: 'words', command: [path], options: argument === '' ? [] : [argument] };
  return afterEnv(path, /^-S[ \t]+/.test(argument) ? argument.split(/[ \t]+/).slice(1) : [argument]);
}

// Without -S all that follows is the name of one program.
function afterEnv(env: string, words: readonly string[]): InterpreterLine {
  const at = words.findIndex((word) => !word.includes('='));
  const isPlain = at >= 0 && words.every((word) => PLAIN_WORD.test(word)) && !words[at]?.startsWith('-');
  if (!isPlain) return { kind: 'other' };
  return { kind: 'words', command: [env, ...words.slice(0, at + 1)], options: words.slice(at + 1) };
}

const MOST_SHOWN = 60;

/** The `#!` line as it may stand in a message. */
export function shownInterpreterLine(text: string): string {
  const line = maskSecrets(text.split('\n', 1)[0] ?? '').replace(/\p{Cc}/gu, '?');
  return line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN - 1)}…` : line;
}
