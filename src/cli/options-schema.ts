import * as z from 'zod';
import { type Conninfo, ConninfoError } from '../postgres/conninfo.ts';
import { holdsSecret, MASK, maskSecrets } from '../secrets/mask.ts';
import { FORMATS } from '../session/settings.ts';
import { readStepConninfo, whatStopsConnecting } from '../transform/step/libpq-values.ts';
import { type NamedShell, parseShell, SHELL_NAMES } from '../transform/step/shell.ts';

const once = z.string('is given more than once').refine((value) => value.trim() !== '', 'is empty');
const flag = z.boolean('is given more than once').default(false);
const many = z.array(once).default([]);

function choice<const Words extends readonly [string, string, ...string[]]>(...words: Words) {
  const listed = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  return once.pipe(z.enum(words, `takes ${listed}`)).meta({ enum: words });
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
    if (conninfo.get('password') === MASK)
      context.addIssue(`holds ${MASK} where its password was: put the password there`);
    const fault = whatStopsConnecting(conninfo, value);
    if (fault !== null) context.addIssue(`cannot be used: ${fault}`);
    return conninfo;
  } catch (error) {
    if (!(error instanceof ConninfoError)) throw error;
    context.addIssue(`is no connection string: ${error.message}`);
    return z.NEVER;
  }
});

/** The options of the command line and of an options file: what each takes, and what it becomes. */
export const optionsSchema = z.object({
  config: once.optional(),
  source: once.optional(),
  target: once.optional(),
  dump: once.optional(),
  'target-database': once.optional(),
  collation: once.optional(),
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

export type OptionValues = z.infer<typeof optionsSchema>;
