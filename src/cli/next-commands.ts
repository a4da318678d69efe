import { shellWord } from '../model/shell-word.ts';
import { holdsSecret, MASK } from '../secrets/mask.ts';
import { ALL_OPTIONS, optionNamed } from './options.ts';
import { SHAPING } from './planned-options.ts';

/** Options that say how a result is shown, or that are of one run alone. */
const OF_THIS_RUN: readonly string[] = [
  ...['dry-run', 'format', 'output', 'overwrite', 'quiet', 'verbose', 'no-color', 'no-progress'],
  ...['show-secrets', 'yes'],
];
const ENDS: readonly string[] = ['config', 'source', 'target', 'job', 'exclude-job'];
/** Stands where a password was that no other place can give: a run refuses it. */
const HIDDEN_PASSWORD = MASK;

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
 * @param keeps which options of this run it takes along: all that shape the plan; the same for a run that names its target;
 *   where the two ends are and which jobs; or with a plan that was saved, what its file does not say
 * @param more what it names besides
 */
export function nextCommand(
  argv: readonly string[],
  command: '' | 'verify' | 'undo',
  keeps: keyof typeof KEPT,
  more: readonly string[] = [],
): string {
  const words = namedOptions(argv)
    .filter(KEPT[keeps])
    .flatMap(({ option, value }) =>
      value === null ? [`--${option}`] : [`--${option}`, shownValue(option, value)],
    );
  return ['npx pga2timetable', command, ...[...words, ...more].map(shellWord)]
    .filter((word) => word !== '')
    .join(' ');
}

const KEPT = {
  all: ({ option }: Named) => !OF_THIS_RUN.includes(option),
  targeted: ({ option }: Named) => !OF_THIS_RUN.includes(option) && option !== 'target-database',
  ends: ({ option }: Named) => ENDS.includes(option),
  // What a plan masks has to be given again.
  plan: ({ option, value }: Named) =>
    !OF_THIS_RUN.includes(option) && (!(option in SHAPING) || (value !== null && holdsPassword(value))),
};

/** How the next command gets the passwords that words of the run hold: a line for each way. */
export function passwordWays(argv: readonly string[]): readonly string[] {
  const holding = namedOptions(argv).flatMap(({ option, value }) =>
    value !== null && holdsPassword(value) ? option : [],
  );
  return [
    ...(holding.some((option) => option === 'source' || option === 'target')
      ? ['set PGPASSWORD, or use a password file']
      : []),
    ...(holding.includes('step-conninfo') ? [`put that of the steps in place of ${HIDDEN_PASSWORD}`] : []),
  ];
}

function shownValue(option: string, value: string): string {
  // ? is any character, and a command that is copied keeps no other.
  if (option === 'job' || option === 'exclude-job') return value.replace(/\p{Cc}/gu, '?');
  return withoutPassword(value, option === 'step-conninfo' ? HIDDEN_PASSWORD : null);
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
const PASSWORD_PARAMETER = /([?&])(password)=[^&]*&?/gi;
const PASSWORD_PAIR = /(^|\s)(password)\s*=\s*(?:'(?:[^'\\]|\\.)*'|\S+)\s*/gi;

// What looks like a secret in any other way is masked whole.
function withoutPassword(value: string, instead: string | null = null): string {
  const bare = value
    .replace(URI_PASSWORD, instead === null ? '$1@' : `$1:${instead}@`)
    .replace(PASSWORD_PARAMETER, instead === null ? '$1' : `$1$2=${instead}&`)
    .replace(/[?&]$/, '')
    .replace(PASSWORD_PAIR, instead === null ? '$1' : `$1$2=${instead} `)
    .trim();
  if (instead !== null && bare.includes(instead)) return bare;
  return holdsSecret(bare) ? '...' : bare;
}
