/** Ends a command, or sends its output elsewhere. */
const OPERATORS = /^(?:[|&;<>]|\d>)/;

/**
 * The commands of a line of shell, each as its words. Quotes and backslashes are taken away, comments left out, and what
 * stands after a redirection is no word of the command.
 */
export function commandsOf(line: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  const tokens = line.matchAll(
    /\s+|#.*$|(?:\d?>|<)&?\s*\S+|[|&;()]+|(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\|&;()<>])+/g,
  );
  let isBetween = true;
  for (const [token] of tokens) {
    if (/^\s/.test(token)) isBetween = true;
    else if (token.startsWith('#') && isBetween) break;
    else if (OPERATORS.test(token) || /^[()]/.test(token)) {
      if (!/^(?:\d?>|<)/.test(token)) commands.push([]);
      isBetween = true;
    } else {
      commands.at(-1)?.push(unquoted(token));
      isBetween = false;
    }
  }
  return commands.filter((words) => words.length > 0);
}

function unquoted(word: string): string {
  return word.replaceAll(
    /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g,
    (_, plain?: string, inQuotes?: string, one?: string) =>
      plain ?? inQuotes?.replaceAll(/\\(["\\$`])/g, '$1') ?? one ?? '',
  );
}
