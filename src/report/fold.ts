import { printable } from './printable.ts';
import { widthOf } from './width.ts';

/**
 * The text in lines of at most so many terminal columns, broken at blanks where there are any and inside a word where
 * the word alone is too long; nothing is left out.
 */
export function fold(text: string, columns: number): readonly string[] {
  const room = Math.max(2, columns);
  if (isShort(text, room)) return [text];
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const word of text.split(' ').flatMap((part) => pieces(part, room))) {
    const more = widthOf(word);
    if (line !== '' && width + 1 + more > room) {
      lines.push(line);
      line = word;
      width = more;
    } else {
      width = line === '' ? more : width + 1 + more;
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function pieces(word: string, room: number): readonly string[] {
  if (isShort(word, room)) return [word];
  const found: string[] = [];
  for (let at = 0; at < word.length; at += found.at(-1)?.length ?? 0) {
    const head = headOf(word, at, room);
    // A single character may be wider than the line.
    found.push(clip(head, room) || (new Intl.Segmenter().segment(head).containing(0)?.segment ?? head));
  }
  return found;
}

// To measure a long text takes long.
function isShort(text: string, room: number): boolean {
  return text.length <= room * LONGEST_CHARACTER && widthOf(text) <= room;
}

/** As much of the beginning of the text as fits into so many terminal columns. */
export function clip(text: string, columns: number): string {
  // No character is narrower than a column for long, so the rest of a long text need not be looked at.
  const head = headOf(text, 0, columns);
  let line = '';
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(head)) {
    width += widthOf(segment);
    if (width > columns) return line;
    line += segment;
  }
  return line;
}

/** The text in one line: what does not fit ends in three points. */
export function shortened(text: string, columns: number): string {
  return isShort(text, columns) ? text : `${clip(text, columns - 3)}...`;
}

const LONGEST_CHARACTER = 12;
/** The second half of a character, and what joins or dresses the one before it. */
const CONTINUES = /[\udc00-\udfff]|\u200d|\ufe0f/;

/** As much of a text from a place on as may fit into so many columns, with no character cut in two. */
function headOf(text: string, at: number, columns: number): string {
  let end = at + columns * LONGEST_CHARACTER;
  while (CONTINUES.test(text.charAt(end))) end += 1;
  return text.slice(at, end);
}

/** The text in lines of the width, continued two columns further in. */
export function wrapped(text: string, indent: string, width: number): string {
  const lines = fold(printable(text), Math.max(20, width - indent.length - 2));
  return lines.map((line, index) => `${indent}${index === 0 ? '' : '  '}${line}\n`).join('');
}
