/** Enough for the line that counts what is left out. */
const MORE = 100;

/**
 * The first of the lines that fit into so many characters, each whole, and a line that counts the others.
 * @param count of all, where not all are at hand
 */
export function fitting(
  lines: readonly string[],
  room: number,
  more: (rest: number) => string,
  count = lines.length,
): string {
  let text = '';
  let shown = 0;
  for (const line of lines) {
    if (text.length + line.length > room - MORE) break;
    text += line;
    shown += 1;
  }
  return shown === count ? text : `${text}${more(count - shown)}`;
}
