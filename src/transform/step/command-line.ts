/** Windows: 32,767 characters with the closing zero. */
export const LONGEST_COMMAND_LINE = 32_766;

/**
 * The command line that Go makes of a program's arguments on Windows (Go, src/syscall/exec_windows.go, EscapeArg and makeCmdLine):
 * an argument with a blank or a tab, or without anything, goes into double quotes; a backslash stands in front of each double quote
 * in it; backslashes in front of a double quote, the closing one too, are doubled. Programs that take their command line apart as
 * CommandLineToArgvW does, PowerShell among them, get the argument back; cmd does not.
 */
export function commandLine(words: readonly string[]): string {
  return words.map(escaped).join(' ');
}

function escaped(word: string): string {
  if (word === '') return '""';
  const inner = word.replace(/(\\*)"/g, String.raw`$1$1\"`);
  return /[ \t]/.test(word) ? `"${inner.replace(/(\\+)$/, '$1$1')}"` : inner;
}
