import { z } from 'zod';
import { Failure } from '../model/failure.ts';
import { type Conninfo, ConninfoError } from '../postgres/conninfo.ts';
import { type Environment, readEndpoint } from '../postgres/endpoint.ts';
import type { SavedPlan } from '../saved-plan/comparison.ts';
import { keyPlace } from '../saved-plan/key.ts';
import { holdsSecret, maskSecrets } from '../secrets/mask.ts';
import { FORMATS, isCarriedOut, type Settings } from '../session/settings.ts';
import { readStepConninfo, whatStopsConnecting } from '../transform/step/libpq-values.ts';
import { type NamedShell, parseShell, SHELL_NAMES } from '../transform/step/shell.ts';
import type { Command } from './command-names.ts';
import { DEFAULTS, REPEATABLE } from './options.ts';

const once = z.string('is given more than once').refine((value) => value.trim() !== '', 'is empty');
const flag = z.boolean('is given more than once').default(false);
const many = z.array(once).default([]);

function choice<const Words extends readonly [string, string, ...string[]]>(...words: Words) {
  const listed = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  return once.pipe(z.enum(words, `takes ${listed}`));
}

const UNITS: Readonly<Record<string, number>> = { '': 1_000, s: 1_000, min: 60_000, m: 60_000, h: 3_600_000 };
const LONGEST_WAIT = 24 * 3_600_000;

const duration = once.transform((value, context) => {
  const [, number = '', unit = ''] = /^(\d{1,6})\s*(s|min|m|h)?$/.exec(value.trim()) ?? [];
  const milliseconds = number === '' ? Number.NaN : Number(number) * (UNITS[unit] ?? Number.NaN);
  if (milliseconds <= LONGEST_WAIT) return milliseconds;
  context.addIssue(`is "${maskSecrets(value)}": it takes a time of at most a day, such as 90s, 5min or 0`);
  return z.NEVER;
});

const LONGEST_HISTORY = 3_650;

const days = once.transform((value, context) => {
  const number = /^\d{1,4}$/.test(value.trim()) ? Number(value) : Number.NaN;
  if (number <= LONGEST_HISTORY) return number;
  context.addIssue(`is "${maskSecrets(value)}": it takes a number of days from 0 to ${LONGEST_HISTORY}`);
  return z.NEVER;
});

const shells = many.transform((values, context) => {
  const plain: NamedShell[] = [];
  const hosts = new Map<string, NamedShell>();
  for (const value of values) {
    // What stands before the = is a host, unless it is a program that has a flag.
    const [, host, ofHost = ''] = /^([^=\s]*)=(.*)$/s.exec(value) ?? [];
    const name = host === undefined ? value : ofHost;
    const shell = parseShell(name);
    if (shell === null)
      context.addIssue(
        `is "${maskSecrets(value)}": it takes ${SHELL_NAMES.join(', ')}, or a program with its flag, as in "busybox sh -c"`,
      );
    else if (host === undefined) plain.push({ name, shell });
    else if (hosts.has(host)) context.addIssue(`names the host "${maskSecrets(host)}" twice`);
    else if (holdsSecret(name)) context.addIssue('for a host cannot hold a password');
    else hosts.set(host, { name, shell });
  }
  if (plain.length > 1) context.addIssue('is given more than once');
  return {
    hosts,
    isPlain: plain.length > 0,
    shell: plain[0] ?? { name: 'sh', shell: parseShell('sh') ?? z.NEVER },
  };
});

const transactions = many.transform((values, context) => {
  const plain: ('step' | 'chain')[] = [];
  const jobs = new Map<string, 'step' | 'chain' | 'joined'>();
  for (const value of values) {
    const [, job, mode] = /^(?:(.+)=)?(step|chain|joined)$/s.exec(value) ?? [];
    if (mode === undefined || (job === undefined && mode === 'joined'))
      context.addIssue(`is "${maskSecrets(value)}": it takes step, chain, JOB=chain or JOB=joined`);
    else if (job === undefined) plain.push(mode as 'step' | 'chain');
    else if (jobs.has(job)) context.addIssue(`names the job "${maskSecrets(job)}" twice`);
    else jobs.set(job, mode as 'step' | 'chain' | 'joined');
  }
  if (plain.length > 1) context.addIssue('is given more than once');
  return { transaction: plain[0] ?? ('step' as const), isPlain: plain.length > 0, jobs };
});

const clientNames = many.transform((pairs, context) => {
  const found = new Map<string, string>();
  for (const pair of pairs) {
    const [, host, name] = /^([^=]*)=(.+)$/s.exec(pair) ?? [];
    if (host === undefined || name === undefined)
      context.addIssue(`is "${maskSecrets(pair)}": it takes HOST=NAME or =NAME`);
    else if (name !== name.trim())
      context.addIssue(`is "${maskSecrets(pair)}": the name begins or ends with a blank`);
    else if (found.has(host)) context.addIssue(`names the host "${maskSecrets(host)}" twice`);
    else found.set(host, name);
  }
  return found;
});

const stepConninfo = once.transform((value, context): Conninfo => {
  try {
    const conninfo = readStepConninfo(value);
    if (conninfo.has('dbname')) context.addIssue('has a dbname: leave it out, each step brings its own');
    const says = (keyword: string): boolean =>
      (conninfo.get(keyword) ?? '') !== '' || conninfo.has('service');
    if (!says('host') && !says('hostaddr')) context.addIssue('has no host');
    if (!says('user')) context.addIssue('has no user');
    const fault = whatStopsConnecting(conninfo, value);
    if (fault !== null) context.addIssue(`cannot be used: ${fault}`);
    return conninfo;
  } catch (error) {
    if (!(error instanceof ConninfoError)) throw error;
    context.addIssue(`is no connection string: ${error.message}`);
    return z.NEVER;
  }
});

const argumentsSchema = z.object({
  source: once.optional(),
  target: once.optional(),
  'dry-run': flag,
  job: many,
  'exclude-job': many,
  partial: flag,
  shell: shells,
  paused: flag,
  'pause-dormant': flag,
  history: days,
  schedules: choice('pending', 'active', 'all'),
  'on-demand': flag,
  overlap: choice('keep', 'exact'),
  'last-day': choice('keep', 'honor'),
  transaction: transactions,
  'strip-passwords': flag,
  'show-secrets': flag,
  'allow-many-chains': flag,
  'source-role': once.optional(),
  'target-role': once.optional(),
  'source-time-zone': once.optional(),
  'accept-time-zone': flag,
  'after-cutover': flag,
  'client-name': clientNames,
  'every-client': flag,
  'step-conninfo': stepConninfo.optional(),
  strict: flag,
  'on-conflict': choice('error', 'skip', 'replace'),
  force: flag,
  'disable-source': flag,
  wait: duration,
  'run-overdue': flag,
  'without-client': flag,
  yes: flag,
  plan: once.optional(),
  output: once.optional(),
  overwrite: flag,
  'no-progress': flag,
  format: choice(...FORMATS),
  quiet: flag,
  verbose: flag,
  'no-color': flag,
});

function refuseContradictions(given: z.infer<typeof argumentsSchema>): void {
  if (isCarriedOut(given.format) && given['disable-source'])
    throw new Failure(
      'usage',
      `--format ${given.format} and --disable-source contradict each other: only a run can choose the moment at which jobs change sides.`,
      'Save a plan instead: --dry-run --disable-source --format json --output plan.json, then migrate --plan plan.json.',
    );
  if (given.format === 'yaml' && given['on-conflict'] === 'replace')
    throw new Failure(
      'usage',
      '--format yaml and --on-conflict replace contradict each other: a chain file only makes new chains.',
      'Leave jobs that are there alone by --on-conflict skip, or leave --format yaml out.',
    );
  if (given.paused && given['disable-source'])
    throw new Failure(
      'usage',
      '--paused and --disable-source together would leave the jobs running nowhere.',
      'Give --paused now and --disable-source later, without --paused: that run makes the chains live.',
    );
  if (given['pause-dormant'] && given.history === 0)
    throw new Failure(
      'usage',
      '--pause-dormant and --history 0 contradict each other.',
      'The log says which jobs stood still: leave one of them out.',
    );
  if (given['without-client'] && !given['disable-source'])
    throw new Failure(
      'usage',
      '--without-client says nothing without --disable-source.',
      'Give both, or neither.',
    );
  if (given['run-overdue'] && !given['disable-source'])
    throw new Failure(
      'usage',
      '--run-overdue says nothing without --disable-source: pgAgent still has the jobs, and runs them itself.',
      'Give both, or neither.',
    );
  if (given['every-client'] && given['client-name'].has(''))
    throw new Failure(
      'usage',
      '--every-client and --client-name =NAME contradict each other.',
      'Jobs of any host run on every client, or on one: leave one of them out.',
    );
  if (given.force && given['on-conflict'] !== 'replace')
    throw new Failure(
      'usage',
      '--force says nothing without --on-conflict replace.',
      'Give both: chains that were changed by hand, or that this tool did not make, are then made anew.',
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
): Settings {
  const result = argumentsSchema.safeParse({ ...DEFAULTS, ...raw });
  if (!result.success) {
    const [issue] = result.error.issues;
    const option = String(issue?.path[0] ?? '');
    const hint = REPEATABLE.includes(option) ? '' : ' Give it once.';
    throw new Failure(
      'usage',
      `--${option} ${issue?.message ?? 'cannot be read'}.`,
      `See pga2timetable --help.${issue?.message.includes('more than once') ? hint : ''}`,
    );
  }
  const given = result.data;
  if (given.quiet && given.verbose)
    throw new Failure('usage', '--quiet and --verbose contradict each other.', 'Leave one of them out.');
  if (given.output !== undefined && given.format === 'json' && given['show-secrets'])
    throw new Failure('usage', 'A plan file holds no password.', 'Leave --show-secrets or --output out.');
  if (given.overwrite && given.output === undefined)
    throw new Failure('usage', '--overwrite says nothing without --output.', 'Give both, or neither.');
  if (command === 'migrate') refuseContradictions(given);
  else if (given.format !== 'table' && given.format !== 'json')
    throw new Failure(
      'usage',
      `--format of ${command} takes table or json.`,
      `See pga2timetable ${command} --help.`,
    );
  const source = readEndpoint(given.source ?? null, '--source', environment);
  return {
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
function isForAll(name: string, { shell, transaction }: z.infer<typeof argumentsSchema>): boolean {
  if (name === 'shell') return shell.isPlain;
  return name !== 'transaction' || transaction.isPlain;
}
