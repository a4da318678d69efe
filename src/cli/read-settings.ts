import { Failure } from '../model/failure.ts';
import { type Environment, readEndpoint } from '../postgres/endpoint.ts';
import type { SavedPlan } from '../saved-plan/comparison.ts';
import { keyPlace } from '../saved-plan/key.ts';
import { type DumpSettings, isCarriedOut, type LiveSettings, type Settings } from '../session/settings.ts';
import type { Command } from './command-names.ts';
import { refuseContradictions } from './contradictions.ts';
import { DEFAULTS, REPEATABLE } from './options.ts';
import { type OptionValues, optionsSchema } from './options-schema.ts';

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
): LiveSettings | DumpSettings {
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
  refuseContradictions(command, given);
  if (command !== 'migrate' && given.format !== 'table' && given.format !== 'json')
    throw new Failure(
      'usage',
      `--format of ${command} takes table or json.`,
      `See pga2timetable ${command} --help.`,
    );
  const settings = settingsOf(command, given, environment, savedPlan, named);
  return given.dump === undefined
    ? { ...settings, ...liveEnds(given, environment) }
    : { ...settings, ...dumpEnds(given, given.dump, environment) };
}

function liveEnds(given: OptionValues, environment: Environment): Omit<LiveSettings, keyof Settings> {
  const source = readEndpoint(given.source ?? null, '--source', environment);
  return {
    from: 'live',
    source,
    target: given.target === undefined ? source : readEndpoint(given.target, '--target', environment),
    isTargetSource: given.target === undefined,
  };
}

function dumpEnds(
  { target, 'target-database': targetDatabase }: OptionValues,
  dump: string,
  environment: Environment,
): Omit<DumpSettings, keyof Settings> {
  return {
    from: 'dump',
    dump,
    target: target === undefined ? null : readEndpoint(target, '--target', environment),
    targetDatabase: targetDatabase ?? null,
  };
}

function settingsOf(
  command: Command,
  given: OptionValues,
  environment: Environment,
  savedPlan: SavedPlan | null,
  named: ReadonlySet<string>,
): Settings {
  return {
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
    collation: given.collation ?? null,
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
