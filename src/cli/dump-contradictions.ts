import { isCarriedOut } from '../session/settings.ts';
import type { Contradiction } from './contradiction.ts';
import type { OptionValues } from './options-schema.ts';

/** The default of --wait, in milliseconds. */
const FIVE_MINUTES = 300_000;

/** Options that ask something of a live pgAgent, which a dump cannot answer. */
const NEED_LIVE: readonly Contradiction[] = [
  {
    message: '--dump and --source contradict each other: jobs come from one of them.',
    remedy: 'Use only one of them.',
    holds: ({ source }) => source !== undefined,
  },
  {
    message: '--disable-source needs the live source, not --dump.',
    remedy: 'Write with --paused now. For the cutover, use --source in place of --dump.',
    holds: (given) => given['disable-source'],
  },
  {
    message: '--run-overdue needs the live source, not --dump.',
    remedy: 'Leave it out.',
    holds: (given) => given['run-overdue'],
  },
  {
    message: '--without-client needs the live source, not --dump.',
    remedy: 'Leave it out.',
    holds: (given) => given['without-client'],
  },
  {
    message: '--wait needs the live source, not --dump.',
    remedy: 'Leave it out: in a dump no job runs.',
    holds: ({ wait }) => wait !== FIVE_MINUTES,
  },
  {
    message: '--source-role needs the live source, not --dump.',
    remedy: 'Use --source-time-zone for the time zone of that role.',
    holds: (given) => given['source-role'] !== undefined,
  },
  {
    message: '--target-database and --target contradict each other: the target is in one database.',
    remedy: 'Use only one of them.',
    holds: ({ target, ...given }) => target !== undefined && given['target-database'] !== undefined,
  },
  {
    message: '--target-role needs --target beside --dump.',
    remedy: 'Use both, or neither.',
    holds: ({ target, ...given }) => target === undefined && given['target-role'] !== undefined,
  },
  {
    message: 'Writing from --dump needs --target and --paused.',
    remedy: 'To see the plan: --dry-run. To write: --target CONN --paused',
    holds: (given) => isWriting(given) && (given.target === undefined || !given.paused),
  },
];

function isWriting(given: OptionValues): boolean {
  return !given['dry-run'] && !isCarriedOut(given.format);
}

const NEED_DUMP = (['target-database', 'collation'] as const).map(
  (name): Contradiction => ({
    message: `--${name} needs --dump.`,
    remedy: 'A live source needs no such option.',
    holds: ({ dump, ...given }) => dump === undefined && given[name] !== undefined,
  }),
);

/** What --dump excludes and needs, and what needs --dump. */
export const OF_DUMP: readonly Contradiction[] = [
  ...NEED_LIVE.map(
    ({ holds, ...words }): Contradiction => ({
      ...words,
      holds: (given) => given.dump !== undefined && holds(given),
    }),
  ),
  ...NEED_DUMP,
];
