import { maskSecrets } from '../../secrets/mask.ts';
import { clip } from '../fold.ts';
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
    .map(wordText)
    .join(' ');
}

const PLAIN = /^[\p{L}\p{N}\p{M}"'(),.;:?/=+-]+$/u;
// Bullets, numbers of a list, emoji, addresses, and commands of GitLab.
const SPECIAL = /^[-+=]+$|^\d+[.)]$|(?<!\d):.*:|:\/\/|^www\.|^\//i;

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

function shortened(text: string, longest: number): string {
  const line = clip(text, longest);
  return line === text ? text : `${line}...`;
}
