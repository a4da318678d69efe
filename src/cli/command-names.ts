/** Commands that do something, the default one first. */
export const COMMANDS = ['migrate', 'verify', 'undo'] as const;
/** Commands that show something and run nothing. */
export const SHOWING = ['explain', 'schema'] as const;
/** What `schema` prints the JSON Schema of. */
export const DOCUMENTS = ['plan', 'verify', 'undo', 'config'] as const;

export type Command = (typeof COMMANDS)[number];
export type Showing = (typeof SHOWING)[number];

export function isCommand(word: unknown): word is Command {
  return COMMANDS.some((command) => command === word);
}

export function isShowing(word: unknown): word is Showing {
  return SHOWING.some((command) => command === word);
}

/** The command that a word names; the default one for any other word. */
export function commandOf(word: unknown): Command {
  return isCommand(word) ? word : 'migrate';
}
