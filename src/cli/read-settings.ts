import { Failure } from '../model/failure.ts';
import { type Environment, readEndpoint } from '../postgres/endpoint.ts';
import type { SavedPlan } from '../saved-plan/comparison.ts';
import { keyPlace } from '../saved-plan/key.ts';
import { isCarriedOut, type LiveSettings } from '../session/settings.ts';
import type { Command } from './command-names.ts';
import { DEFAULTS, REPEATABLE } from './options.ts';
import { type OptionValues, optionsSchema } from './options-schema.ts';

function refuseContradictions(given: OptionValues): void {
  if (isCarriedOut(given.format) && given['disable-source'])
    throw new Failure(
      'usage',
      `--format ${given.format} and --disable-source contradict each other: only a run can choose the moment of the cutover.`,
      'Save a plan instead: --dry-run --disable-source --format json --output plan.json, then migrate --plan plan.json.',
    );
  if (given.format === 'yaml' && given['on-conflict'] === 'replace')
    throw new Failure(
      'usage',
      '--format yaml and --on-conflict replace contradict each other: a chain file only makes new chains.',
      'To keep the existing chains: --on-conflict skip. To replace them, leave --format yaml out.',
    );
  if (given.paused && given['disable-source'])
    throw new Failure(
      'usage',
      'With --paused and --disable-source together the jobs would run nowhere.',
      'Use --paused now, and later --disable-source without --paused: that run makes the chains live.',
    );
  if (given['pause-dormant'] && given.history === 0)
    throw new Failure(
      'usage',
      '--pause-dormant and --history 0 contradict each other.',
      'The log shows which jobs stood still: use only one of the two.',
    );
  if (given['without-client'] && !given['disable-source'])
    throw new Failure('usage', '--without-client needs --disable-source.', 'Use both, or neither.');
  if (given['run-overdue'] && !given['disable-source'])
    throw new Failure(
      'usage',
      '--run-overdue needs --disable-source: pgAgent still has the jobs and runs them.',
      'Use both, or neither.',
    );
  if (given['every-client'] && given['client-name'].has(''))
    throw new Failure(
      'usage',
      '--every-client and --client-name =NAME contradict each other.',
      'Jobs of any host run on every client, or on one: use only one of the two.',
    );
  if (given.force && given['on-conflict'] !== 'replace')
    throw new Failure(
      'usage',
      '--force needs --on-conflict replace.',
      'Use both: they also replace chains that were changed by hand, or that this tool did not make.',
    );
}

/**
 * Checks what yargs read.
 * @param raw the options that are given; the others have their defaults
 * @throws Failure of code `usage`
 */
export function readSettings(
  command: Command,
  raw: Readonly<Record<string, unknown>>,
  environment: Environment,
  savedPlan: SavedPlan | null = null,
  named: ReadonlySet<string> = new Set(),
): LiveSettings {
  const result = optionsSchema.safeParse({ ...DEFAULTS, ...raw });
  if (!result.success) {
    const [issue] = result.error.issues;
    const option = String(issue?.path[0] ?? '');
    const hint = REPEATABLE.includes(option) ? '' : ' Use it once.';
    throw new Failure(
      'usage',
      `--${option} ${issue?.message ?? 'cannot be read'}.`,
      `See pga2timetable --help.${issue?.message.includes('more than once') ? hint : ''}`,
    );
  }
  const given = result.data;
  if (given.quiet && given.verbose)
    throw new Failure('usage', '--quiet and --verbose contradict each other.', 'Use only one of them.');
  if (given.output !== undefined && given.format === 'json' && given['show-secrets'])
    throw new Failure('usage', 'A plan file holds no password.', 'Leave --show-secrets or --output out.');
  if (given.overwrite && given.output === undefined)
    throw new Failure('usage', '--overwrite needs --output.', 'Use both, or neither.');
  if (command === 'migrate') refuseContradictions(given);
  else if (given.format !== 'table' && given.format !== 'json')
    throw new Failure(
      'usage',
      `--format of ${command} takes table or json.`,
      `See pga2timetable ${command} --help.`,
    );
  const source = readEndpoint(given.source ?? null, '--source', environment);
  return {
    from: 'live',
    source,
    target: given.target === undefined ? source : readEndpoint(given.target, '--target', environment),
    isTargetSource: given.target === undefined,
    given: new Set([...named].filter((name) => isForAll(name, given))),
    dryRun: given['dry-run'] || isCarriedOut(given.format),
    jobs: given.job,
    excludedJobs: given['exclude-job'],
    partial: given.partial,
    shellName: given.shell.shell.name,
    shell: given.shell.shell.shell,
    hostShells: given.shell.hosts,
    paused: given.paused,
    pauseDormant: given['pause-dormant'],
    // Only a plan says what the log tells.
    history: command === 'migrate' ? given.history : 0,
    schedules: given.schedules,
    onDemand: given['on-demand'],
    overlap: given.overlap,
    lastDay: given['last-day'],
    transaction: given.transaction.transaction,
    jobTransactions: given.transaction.jobs,
    stripPasswords: given['strip-passwords'],
    showSecrets: given['show-secrets'],
    allowManyChains: given['allow-many-chains'],
    sourceRole: given['source-role'] ?? null,
    targetRole: given['target-role'] ?? null,
    sourceTimeZone: given['source-time-zone'] ?? null,
    acceptTimeZone: given['accept-time-zone'],
    isAfterCutover: given['after-cutover'],
    clientNames: given['client-name'],
    everyClient: given['every-client'],
    stepConninfo: given['step-conninfo'] ?? null,
    strict: given.strict,
    onConflict: given['on-conflict'],
    force: given.force,
    disableSource: given['disable-source'],
    wait: given.wait,
    runOverdue: given['run-overdue'],
    withoutClient: given['without-client'],
    yes: given.yes,
    plan: given.plan ?? null,
    savedPlan,
    keyPlace: keyPlace(environment),
    output: given.output ?? null,
    overwrite: given.overwrite,
    progress: !given['no-progress'],
    format: given.format,
    quiet: given.quiet,
    verbose: given.verbose,
    color: !given['no-color'],
  };
}

// One that stands only for a host or a job leaves the others to the record.
function isForAll(name: string, { shell, transaction }: OptionValues): boolean {
  if (name === 'shell') return shell.isPlain;
  return name !== 'transaction' || transaction.isPlain;
}
