/** A way to run the text of a batch step: a program, and the arguments in front of the text. */
export interface Shell {
  readonly program: string;
  readonly flags: readonly string[];
  readonly language: 'posix' | 'powershell' | 'cmd' | 'other';
}

/** A shell under the name that the user gave it. */
export interface NamedShell {
  readonly name: string;
  readonly shell: Shell;
}

const SHELLS: Readonly<Record<string, Shell>> = {
  sh: { program: 'sh', flags: ['-c'], language: 'posix' },
  bash: { program: 'bash', flags: ['-c'], language: 'posix' },
  zsh: { program: 'zsh', flags: ['-c'], language: 'posix' },
  pwsh: { program: 'pwsh', flags: ['-NoProfile', '-NonInteractive', '-Command'], language: 'powershell' },
  powershell: {
    program: 'powershell',
    flags: ['-NoProfile', '-NonInteractive', '-Command'],
    language: 'powershell',
  },
  cmd: { program: 'cmd', flags: ['/C'], language: 'cmd' },
};

/** The names that `--shell` knows; anything else is "program flag". */
export const SHELL_NAMES: readonly string[] = Object.keys(SHELLS);

/**
 * Reads the value of `--shell`; null where it is neither a known name nor a program with its flags. Quotes are not read,
 * and a POSIX shell wants a flag that ends in c, or it would take the text for the name of a file.
 */
export function parseShell(text: string): Shell | null {
  if (Object.hasOwn(SHELLS, text)) return SHELLS[text] ?? null;
  const [program, ...flags] = text.trim().split(/\s+/);
  const last = flags.at(-1);
  if (program === undefined || last === undefined || /['"]/.test(text)) return null;
  const language = languageOf([program, ...flags]);
  return language === 'posix' && !/^-[A-Za-z]*c$/.test(last) ? null : { program, flags, language };
}

/** The value of `--shell` that gives a shell. */
export function shellName({ program, flags }: Shell): string {
  return SHELLS[program]?.flags.join() === flags.join() ? program : [program, ...flags].join(' ');
}

// The shell may be behind env or busybox.
function languageOf(words: readonly string[]): Shell['language'] {
  for (const word of words) {
    const name = (word.split(/[/\\]/).at(-1) ?? '').replace(/\.exe$/i, '').toLowerCase();
    if (/^(?:ba|da|a|z|k|mk)?sh$/.test(name)) return 'posix';
    const known = SHELLS[name];
    if (known) return known.language;
  }
  return 'other';
}
