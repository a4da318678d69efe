import { fold, wrapped } from '../fold.ts';
import { printable } from '../printable.ts';

const WIDTH = 110;
const NO_CHARACTER = /\p{Noncharacter_Code_Point}/gu;

/**
 * A text as lines of a comment, however it is written: nothing in it ends the comment, and every reader of YAML takes it.
 * @param indent blanks between `#` and the text
 */
export function comment(text: string, indent = ''): string {
  return wrapped(readable(text), `# ${indent}`, WIDTH);
}

/** Paragraphs with an empty line between them. */
export function paragraphs(texts: readonly string[]): string {
  return texts
    .map((text) =>
      fold(printable(readable(text)), WIDTH - 2)
        .map((line) => `# ${line}\n`)
        .join(''),
    )
    .join('#\n');
}

function readable(text: string): string {
  return text.replace(NO_CHARACTER, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
