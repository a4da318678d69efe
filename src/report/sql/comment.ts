import { fold } from '../fold.ts';
import { printable } from '../printable.ts';

const COLUMNS = 110;

/**
 * Lines of comment that say the text and nothing else: line ends and all that a terminal would obey are written out, so that
 * no text leaves its comment.
 * @param indent blanks in front; where the text goes on, two more
 */
export function comment(text: string, indent = ''): string {
  return fold(printable(text), COLUMNS - indent.length - 5)
    .map((line, index) => `-- ${indent}${index === 0 ? '' : '  '}${line}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('');
}

export const RULE = `-- ${'='.repeat(COLUMNS - 3)}\n`;
