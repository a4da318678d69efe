/** What a batch text says about its interpreter. */
export type InterpreterLine =
  | { readonly kind: 'none' }
  | { readonly kind: 'shell'; readonly program: string; readonly flags: readonly string[] }
  | { readonly kind: 'other'; readonly line: string };

const SHELL = /^(?:ba|da|a|z|k|mk)?sh$/;
const PLAIN_FLAGS = /^-[abefhlmnuvxBCEHPT]+$/;

/**
 * Reads the `#!` line as Linux does: a path, then everything behind it as one argument.
 * A shell, plain or by `env`, takes the rest of the text by `-c`; anything else is not a shell's matter.
 */
export function readInterpreterLine(text: string): InterpreterLine {
  if (!text.startsWith('#!')) return { kind: 'none' };
  const [line = ''] = text.split('\n', 1);
  const [, path = '', argument = ''] = /^#![ \t]*([^ \t]*)[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
  const name = path.split('/').at(-1) ?? '';
  if (path.startsWith('/') && SHELL.test(name) && (argument === '' || PLAIN_FLAGS.test(argument))) {
    return { kind: 'shell', program: path, flags: argument === '' ? ['-c'] : [argument, '-c'] };
  }
  if (path.startsWith('/') && name === 'env' && SHELL.test(argument)) {
    return { kind: 'shell', program: path, flags: [argument, '-c'] };
  }
  return { kind: 'other', line };
}
