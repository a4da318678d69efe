import { maskSecrets } from '../../secrets/mask.ts';

/** What a batch text says about its interpreter. */
export type InterpreterLine =
  | { readonly kind: 'none' }
  | { readonly kind: 'shell'; readonly program: string; readonly flags: readonly string[] }
  | { readonly kind: 'other' };

const SHELL = /^(?:ba|da|a|z|k|mk)?sh$/;
const PLAIN_FLAGS = /^-[abefhlmnuvxBCEHPT]+$/;
/** Older kernels cut a longer line, newer ones refuse one; they may do so to the file. */
const LONGEST_LINE = 127;

/**
 * Reads the `#!` line as Linux does: a path, then everything after it as one argument.
 * A shell, plain or by `env`, takes the rest of the text by `-c`; anything else is for the system to read.
 */
export function readInterpreterLine(text: string): InterpreterLine {
  if (!text.startsWith('#!')) return { kind: 'none' };
  const [line = ''] = text.split('\n', 1);
  const [, path = '', argument = ''] = /^#![ \t]*([^ \t]*)[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
  if (!path.startsWith('/') || line.length > LONGEST_LINE) return { kind: 'other' };
  const name = path.split('/').at(-1) ?? '';
  if (SHELL.test(name) && (argument === '' || PLAIN_FLAGS.test(argument))) {
    return { kind: 'shell', program: path, flags: argument === '' ? ['-c'] : [argument, '-c'] };
  }
  if (name === 'env' && SHELL.test(argument)) {
    return { kind: 'shell', program: path, flags: [argument, '-c'] };
  }
  return { kind: 'other' };
}

const MOST_SHOWN = 60;

/** The `#!` line as it may stand in a message. */
export function shownInterpreterLine(text: string): string {
  const line = maskSecrets(text.split('\n', 1)[0] ?? '').replace(/\p{Cc}/gu, '?');
  return line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN - 1)}…` : line;
}
