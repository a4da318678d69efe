import { FORMATS } from '../session/settings.ts';
import { COMMANDS, type Command, isCommand, SHOWING, type Showing } from './command-names.ts';
import { OPTIONS_OF, optionNamed } from './options.ts';

const MOST_SUGGESTED = 3;

const CONNECTION = '--source "host=HOST port=PORT dbname=NAME user=USER"';
/** What words of other programs, and plain guesses, mean here. */
const MEANINGS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(FORMATS.map((format) => [format, `--format ${format}`])),
  ...Object.fromEntries(
    ['host', 'port', 'dbname', 'database', 'db', 'user', 'username', 'd', 'u', 'p'].map((word) => [
      word,
      CONNECTION,
    ]),
  ),
  ...{ from: '--source', to: '--target', out: '--output', file: '--output', timeout: '--wait' },
  ...{ preview: '--dry-run', whatif: '--dry-run', simulate: '--dry-run', test: '--dry-run' },
  ...{ only: '--job', include: '--job', exclude: '--exclude-job', skip: '--on-conflict skip' },
  ...{ replace: '--on-conflict replace', cutover: '--disable-source', silent: '--quiet', debug: '--verbose' },
  ...{
    help: '--help',
    version: '--version',
    check: 'verify',
    compare: 'verify',
    rollback: 'undo',
    revert: 'undo',
  },
};
const GENERAL: readonly string[] = ['help', 'version'];
export const PASSWORD_REMEDY = 'Set PGPASSWORD, or use a password file (~/.pgpass).';
const PASSWORDS: readonly string[] = ['password', 'pass', 'passwd', 'w'];

/**
 * What to do about a word that a command does not know.
 * @param typed as it was typed, with its dashes or without
 */
export function suggestion(typed: string, command: Command | Showing): string {
  const word = plain(typed);
  const close = nearest(word, command);
  if (PASSWORDS.includes(word)) return PASSWORD_REMEDY;
  if (close.length > 0) return `Did you mean ${close.join(' or ')}?`;
  const other = optionNamed(word);
  const owner = COMMANDS.find((one) => other !== null && other in OPTIONS_OF[one]);
  const help = `See pga2timetable ${command === 'migrate' ? '' : `${command} `}--help.`;
  return owner === undefined || !isCommand(command) ? help : `--${other} is an option of ${owner}. ${help}`;
}

/** Which of some words a typed one may have meant. */
export function closest(typed: string, words: readonly string[]): readonly string[] {
  const letters = joined(plain(typed));
  const distances = words
    .map((word) => ({ word, distance: distance(letters, joined(word)) }))
    .filter(({ distance }) => distance <= mostEdits(letters));
  const least = Math.min(...distances.map(({ distance }) => distance));
  const near = distances.filter(({ distance }) => distance === least).map(({ word }) => word);
  // Few mistype the first letter.
  const alike = near.filter((word) => joined(word)[0] === letters[0]);
  return (alike.length > 0 ? alike : near).slice(0, MOST_SUGGESTED);
}

function nearest(word: string, command: Command | Showing): readonly string[] {
  const options = isCommand(command) ? OPTIONS_OF[command] : {};
  const meaning = Object.hasOwn(MEANINGS, joined(word)) ? MEANINGS[joined(word)] : undefined;
  if (meaning !== undefined && isKnown(meaning, options)) return [meaning];
  const names = [...COMMANDS, ...SHOWING, ...Object.keys(options).map((name) => `--${name}`)];
  return closest(word, names);
}

function isKnown(meaning: string, options: Readonly<Record<string, unknown>>): boolean {
  const [, option] = /^--([\w-]+)/.exec(meaning) ?? [];
  return option === undefined || GENERAL.includes(option) || option in options;
}

function plain(typed: string): string {
  return typed.replace(/^[-\u2013\u2014]+/, '').toLowerCase();
}

function joined(word: string): string {
  return word.replaceAll(/[-_]/g, '');
}

function mostEdits(letters: string): number {
  if (letters.length < 3) return 0;
  return letters.length < 6 ? 1 : 2;
}

/** 0 for the beginning of a word, else Levenshtein's distance. */
function distance(typed: string, word: string): number {
  if (typed.length > 2 && word.startsWith(typed)) return 0;
  let row = Array.from({ length: word.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...typed].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...word].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
