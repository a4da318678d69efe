import { Failure } from '../model/failure.ts';
import type { Command } from './command-names.ts';
import type { Contradiction } from './contradiction.ts';
import { OF_DUMP } from './dump-contradictions.ts';
import type { OptionValues } from './options-schema.ts';

const OF_ANY_COMMAND: readonly Contradiction[] = [
  {
    message: '--quiet and --verbose contradict each other.',
    remedy: 'Use only one of them.',
    holds: ({ quiet, verbose }) => quiet && verbose,
  },
  {
    message: '--overwrite needs --output.',
    remedy: 'Use both, or neither.',
    holds: ({ overwrite, output }) => overwrite && output === undefined,
  },
];

const OF_MIGRATE: readonly Contradiction[] = [
  {
    message:
      '--format json --output FILE and --show-secrets contradict each other: a plan file masks what looks like a password.',
    remedy: 'Leave --show-secrets or --output out.',
    holds: (given) => given.output !== undefined && given.format === 'json' && given['show-secrets'],
  },
  ...(['sql', 'yaml'] as const).map((format) => ({
    message: `--format ${format} and --disable-source contradict each other: only a run can choose the moment of the cutover.`,
    remedy:
      'Save a plan instead: --dry-run --disable-source --format json --output plan.json, then migrate --plan plan.json.',
    holds: (given: OptionValues) => given.format === format && given['disable-source'],
  })),
  {
    message:
      '--format yaml and --on-conflict replace contradict each other: a chain file only makes new chains.',
    remedy: 'To keep the existing chains: --on-conflict skip. To replace them, leave --format yaml out.',
    holds: (given) => given.format === 'yaml' && given['on-conflict'] === 'replace',
  },
  {
    message: 'With --paused and --disable-source together the jobs would run nowhere.',
    remedy: 'Use --paused now, and later --disable-source without --paused: that run makes the chains live.',
    holds: (given) => given.paused && given['disable-source'],
  },
  {
    message: '--pause-dormant and --history 0 contradict each other.',
    remedy: 'The log shows which jobs stood still: use only one of the two.',
    holds: (given) => given['pause-dormant'] && given.history === 0,
  },
  {
    message: '--without-client needs --disable-source.',
    remedy: 'Use both, or neither.',
    holds: (given) => given['without-client'] && !given['disable-source'],
  },
  {
    message: '--run-overdue needs --disable-source: pgAgent still has the jobs and runs them.',
    remedy: 'Use both, or neither.',
    holds: (given) => given['run-overdue'] && !given['disable-source'],
  },
  {
    message: '--every-client and --client-name =NAME contradict each other.',
    remedy: 'Jobs of any host run on every client, or on one: use only one of the two.',
    holds: (given) => given['every-client'] && given['client-name'].has(''),
  },
  {
    message: '--force needs --on-conflict replace.',
    remedy: 'Use both: they also replace chains that were changed by hand, or that this tool did not make.',
    holds: (given) => given.force && given['on-conflict'] !== 'replace',
  },
];

/** Options of a command that exclude or need each other, in the order in which they are looked for. */
export function contradictionsOf(command: Command): readonly Contradiction[] {
  return command === 'migrate' ? [...OF_ANY_COMMAND, ...OF_DUMP, ...OF_MIGRATE] : OF_ANY_COMMAND;
}

/** @throws Failure of code `usage` */
export function refuseContradictions(command: Command, given: OptionValues): void {
  const found = contradictionsOf(command).find(({ holds }) => holds(given));
  if (found !== undefined) throw new Failure('usage', found.message, found.remedy);
}
