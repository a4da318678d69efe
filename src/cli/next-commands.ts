import { shellWord } from '../model/shell-word.ts';
import { holdsSecret } from '../secrets/mask.ts';
import { ALL_OPTIONS, optionNamed } from './options.ts';

/** Options that say how a result is shown, or that are of one run alone. */
const OF_THIS_RUN: readonly string[] = [
  ...['dry-run', 'format', 'output', 'overwrite', 'quiet', 'verbose', 'no-color', 'no-progress'],
  ...['show-secrets', 'yes'],
];
const ENDS: readonly string[] = ['config', 'source', 'target'];

/** A run as its words named it. */
export interface Named {
  readonly option: string;
  /** null for a flag. */
  readonly value: string | null;
}

/**
 * The command that follows this run, complete but for passwords.
 * @param argv the words of this run
 * @param command `''` for a migration
 * @param keeps which options of this run it takes along: all that shape the plan, or where the two ends are
 */
export function nextCommand(
  argv: readonly string[],
  command: '' | 'verify' | 'undo',
  keeps: 'all' | 'ends',
): string {
  const words = namedOptions(argv)
    .filter(({ option }) => (keeps === 'ends' ? ENDS.includes(option) : !OF_THIS_RUN.includes(option)))
    .flatMap(({ option, value }) =>
      value === null ? [`--${option}`] : [`--${option}`, withoutPassword(value)],
    );
  return ['npx pga2timetable', command, ...words.map(shellWord)].filter((word) => word !== '').join(' ');
}

/** Whether a word of the run holds a password, so that the next command has to get it by another way. */
export function hasPassword(argv: readonly string[]): boolean {
  return namedOptions(argv).some(({ value }) => value !== null && holdsPassword(value));
}

/** Whether the value of an option holds a password. */
export function holdsPassword(value: string): boolean {
  return withoutPassword(value) !== value.trim();
}

function namedOptions(argv: readonly string[]): readonly Named[] {
  const found: Named[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const [, dashes, typed = '', sign, given = ''] =
      /^(--?)([^=]+)(=?)([\s\S]*)$/.exec(argv[index] ?? '') ?? [];
    if (dashes === undefined) continue;
    const option = optionNamed(typed) ?? typed;
    if (ALL_OPTIONS[option]?.type === 'boolean') found.push({ option, value: null });
    else if (sign === '=') found.push({ option, value: given });
    else {
      index += 1;
      found.push({ option, value: argv[index] ?? '' });
    }
  }
  return found;
}

const URI_PASSWORD = /^(postgres(?:ql)?:\/\/[^:/@?]*):[^@/]*@/i;
const PASSWORD_PARAMETER = /([?&])password=[^&]*&?/gi;
const PASSWORD_PAIR = /(^|\s)password\s*=\s*(?:'(?:[^'\\]|\\.)*'|\S+)\s*/gi;

// What looks like a secret in any other way is masked whole.
function withoutPassword(value: string): string {
  const bare = value
    .replace(URI_PASSWORD, '$1@')
    .replace(PASSWORD_PARAMETER, '$1')
    .replace(/[?&]$/, '')
    .replace(PASSWORD_PAIR, '$1')
    .trim();
  return holdsSecret(bare) ? '...' : bare;
}
