const MOST_EDITS = 2;
const MOST_SUGGESTED = 3;

/** What to do about an argument that the command does not know: the option or command it looks like, or where to look. */
export function suggestion(
  message: string,
  options: Readonly<Record<string, unknown>>,
  commands: readonly string[],
  given: string | undefined,
): string {
  const command = given !== undefined && given !== 'migrate' && commands.includes(given) ? `${given} ` : '';
  const [, unknown] = /^Unknown arguments?: ([^,\s]+)/.exec(message) ?? [];
  const typed = (unknown ?? '').replace(/^-+/, '').toLowerCase();
  const close = [
    ...commands.filter((command) => looksLike(typed, command)),
    ...Object.keys(options)
      .filter((option) => looksLike(typed, option))
      .map((option) => `--${option}`),
  ];
  return typed !== '' && close.length > 0
    ? `Did you mean ${close.join(' or ')}?`
    : `See pga2timetable ${command}--help.`;
}

/** Which of some words a typed one may have meant. */
export function closest(typed: string, words: readonly string[]): readonly string[] {
  return words.filter((word) => looksLike(typed.toLowerCase(), word)).slice(0, MOST_SUGGESTED);
}

function looksLike(typed: string, option: string): boolean {
  const letters = option.replaceAll('-', '');
  const given = typed.replaceAll(/[-_]/g, '');
  return (given.length > 2 && letters.startsWith(given)) || edits(given, letters) <= MOST_EDITS;
}

/** Levenshtein's distance. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
