import { maskSecrets } from '../../secrets/mask.ts';
import { shortened } from '../fold.ts';
import { printable } from '../printable.ts';

const LONGEST_NAME = 100;
const LONGEST_PROSE = 1_500;

/**
 * A text as it stands, on one line: within a code span no host of merge requests sees markup, a mention or the number of an
 * issue. Secrets are masked, and a long text ends in three points.
 */
export function code(text: string, longest = LONGEST_NAME): string {
  const shown = shortened(printable(maskSecrets(text)), longest);
  if (shown === '') return '(empty)';
  const runs = shown.match(/`+/g) ?? [];
  const fence = '`'.repeat(1 + Math.max(0, ...runs.map(({ length }) => length)));
  const pad = /^[` ]|[` ]$/.test(shown) ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Sentences with names in them: each word that could mean something to Markdown or its host becomes a code span. */
export function prose(text: string): string {
  return shortened(printable(maskSecrets(text)), LONGEST_PROSE)
    .split(' ')
    .map((word, index) => (index === 0 && BULLET.test(word) ? code(word) : wordText(word)))
    .join(' ');
}

// An underscore within a word, as in pg_timetable, emphasizes nothing.
const PLAIN = /^(?:[\p{L}\p{N}\p{M}"'(),.;:?/=+-]|(?<=[\p{L}\p{N}])_(?=[\p{L}\p{N}]))+$/u;
// Emoji, addresses, and commands of GitLab.
const SPECIAL = /(?<!\d):.*:|:\/\/|^www\.|^\//i;
/** What begins a list, or underlines a heading, in front of a sentence. */
const BULLET = /^(?:[-+=]+|\d+[.)])$/;

function wordText(word: string): string {
  if (word === '' || (PLAIN.test(word) && !SPECIAL.test(word))) return word;
  const [, before = '', core = '', after = ''] = /^(["'(]*)(.*?)([)"'.,;:?]*)$/.exec(word) ?? [];
  return core === '' ? code(word) : `${before}${code(core)}${after}`;
}

/** What stands in a cell of a table. */
export function cell(markdown: string): string {
  // Hosts do not agree on what a backslash before an escaped bar is.
  return markdown.replaceAll('\\|', '\\\\u{7c}').replaceAll('|', '\\|');
}
