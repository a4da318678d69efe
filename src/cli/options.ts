import type { Options } from 'yargs';
import type { Command } from './command-names.ts';

/** An option, as yargs reads it and `--help` shows it. */
export interface Option extends Options {
  /** The word that stands for the value in the help; none for a flag. */
  readonly value?: string;
  /** The line of the help. It describes the option: docs/cli.md has the same sentence. */
  readonly describe: string;
  /** What docs/cli.md says besides, in Markdown. */
  readonly more?: string;
  readonly group: string;
}

type Extra = Pick<Option, 'alias' | 'default' | 'array' | 'more'>;

const text = (value: string, describe: string, group: string, extra: Extra = {}): Option => ({
  type: 'string',
  requiresArg: true,
  value,
  describe,
  group,
  ...extra,
});
const list = (value: string, describe: string, group: string, extra: Extra = {}): Option =>
  text(value, `${describe} (+)`, group, { array: true, ...extra });
const flag = (describe: string, group: string, extra: Extra = {}): Option => ({
  type: 'boolean',
  describe,
  group,
  ...extra,
});

const COMMON = 'Common options';
const WHAT = 'What to move';
const HOW = 'How the jobs will run';
const CLOCKS = 'Roles and time zones';
const WRITING = 'Writing and cutover';
const OUTPUT = 'Output';

/** The options of `migrate`, in the order of the help. `npm run usage` makes docs/cli.md of them. */
const OPTIONS: Readonly<Record<string, Option>> = {
  source: text('CONN', 'pgAgent database: URI or conninfo (default: PG*)', COMMON, {
    alias: 's',
    more: '`PG*` are the variables that psql reads.',
  }),
  target: text('CONN', 'pg_timetable database (default: the source)', COMMON, { alias: 't' }),
  'dry-run': flag('Print the plan, write nothing', COMMON, { alias: 'n' }),
  job: list('JOB', 'Only this job: an id, or a name with * and ?', COMMON),
  'disable-source': flag('Cutover: disable jobs as their chains go live', COMMON, {
    more: '[cutover.md](cutover.md) says how it chooses the moment.',
  }),
  format: text('FORMAT', 'table (default), json, html, markdown, sql, yaml', COMMON, {
    default: 'table',
    alias: 'f',
    more: 'With `sql` (a script for psql) and `yaml` (a chain file of pg_timetable) the run writes nothing: [formats.md](formats.md).',
  }),
  output: text('FILE', 'Write the result to a file', COMMON, {
    alias: 'o',
    more: 'Default: standard output.',
  }),
  yes: flag('Do not ask before writing', COMMON, {
    alias: 'y',
    more: 'Without it a run asks if standard input and standard error are both terminals and `CI` is not set.',
  }),

  dump: text('FILE', 'Read the jobs from a dump; -: standard input', WHAT, {
    more: '`FILE` was made by `pg_dump` or `pg_dumpall`. Without `--target` no database is asked: [dump.md](dump.md).',
  }),
  'exclude-job': list('JOB', 'All jobs except this one', WHAT),
  schedules: text(
    'WHICH',
    'pending (default): enabled, can still fire; active: active now; all: also disabled or over',
    WHAT,
    { default: 'pending', more: 'The chains of schedules that are disabled or over are not live.' },
  ),
  'on-demand': flag('Also enabled jobs that are started by hand', WHAT, {
    more: 'Such jobs have no enabled schedule.',
  }),
  partial: flag('Move a job partly if it cannot move completely', WHAT),
  'allow-many-chains': flag('Also schedules that need more than 64 chains', WHAT),
  'pause-dormant': flag('Jobs that stood still: create paused chains', WHAT, {
    more: 'A paused chain has `live = false`. The jobs stay as they are.',
  }),
  history: text('DAYS', 'Log to read for such jobs (default: 90; 0: none)', WHAT, {
    default: '90',
    more: '`DAYS`: how far back the run reads the log of pgAgent.',
  }),

  'client-name': list('HOST=NAME', 'Client for a host; =NAME: for any host', HOW, {
    more: 'It is the name in `pg_timetable --clientname`.',
  }),
  'every-client': flag('Run jobs of any host on every client', HOW),
  shell: list('SHELL', 'Shell of batch steps (sh); also HOST=SHELL', HOW, {
    more: '`sh`, `bash`, `zsh`, `pwsh`, `powershell`, `cmd`, or a program with its flag. `=SHELL`: for the jobs of any host.',
  }),
  'step-conninfo': text('CONN', 'Server of steps that name only a database', HOW, {
    more: '`CONN` is as pg_timetable reaches the server: `"host=db1 user=scheduler"`.',
  }),
  'target-database': text('NAME', 'With --dump: where pg_timetable will live', HOW, {
    more: 'SQL steps that name only this database run there.',
  }),
  collation: text('NAME', 'With --dump: sorts the steps: C, en-US, ...', HOW, {
    more: 'It is the collation of the database of pgAgent: [step-order](advisories/step-order.md).',
  }),
  'strip-passwords': flag('Remove passwords from steps: ~/.pgpass has them', HOW),
  transaction: list('MODE', 'step (default), chain, JOB=chain, JOB=joined', HOW, {
    more: '`step`: each local SQL step commits by itself, as under pgAgent. `chain`: all steps of a chain share one transaction. `joined`: the SQL steps share a session, and each commits by itself. `JOB` is an id or a name.',
  }),
  overlap: text('HOW', 'Shared minutes: keep both runs (default), exact', HOW, {
    default: 'keep',
    more: 'These are minutes in which several schedules of a job fire. `exact`: run once, as under pgAgent.',
  }),
  'last-day': text('HOW', 'Last day beside other days: keep (default), honor', HOW, {
    default: 'keep',
    more: '`keep`: ignore the last day, as pgAgent does (a bug of pgAgent). `honor`: run on the last day too.',
  }),
  paused: flag('Create every chain with live = false', HOW),

  'source-role': text('ROLE', 'Role of pgAgent (default: the role of this run)', CLOCKS),
  'target-role': text('ROLE', 'Role of pg_timetable (default: as above)', CLOCKS),
  'source-time-zone': text('ZONE', "Time zone of pgAgent's environment, or of a dump", CLOCKS, {
    more: 'In the environment it stands in `TZ` or `PGTZ`. A dump does not tell the time zone.',
  }),
  'accept-time-zone': flag("Move jobs to the target's hours if they differ", CLOCKS),

  config: text('FILE', 'Read more options from a JSON file', WRITING, {
    more: '[What it holds](options.md#options-file).',
  }),
  plan: text('FILE', 'Write exactly the plan of this JSON file', WRITING, {
    more: '`--dry-run --format json --output FILE` makes such a file.',
  }),
  strict: flag('Stop before writing if there is a warning', WRITING),
  'on-conflict': text('HOW', 'Chain differs: error (default), skip, replace', WRITING, {
    default: 'error',
    more: '`error`: stop. `skip`: keep the chain and skip its job. `replace`: write the chain again.',
  }),
  force: flag('With replace: also chains changed by hand', WRITING, {
    more: 'So are chains that this tool did not make.',
  }),
  wait: text('TIME', 'Wait for running jobs: 90s, 5min (default), 2h', WRITING, {
    default: '5min',
    more: 'Also for a good moment of the cutover. A number alone is seconds.',
  }),
  'run-overdue': flag('Cutover: start the chains of overdue jobs once', WRITING),
  'without-client': flag('Cutover: continue if no client is connected', WRITING, {
    more: 'A client counts if it would run the chains.',
  }),

  overwrite: flag('Replace the file of --output if it exists', OUTPUT, {
    more: 'The old file stays until the result is complete.',
  }),
  quiet: flag('Print only the result, warnings and errors', OUTPUT, { alias: 'q' }),
  verbose: flag('Print next runs, tasks and all details', OUTPUT, {
    alias: 'v',
    more: 'It also prints where an error comes from.',
  }),
  'show-secrets': flag('Show passwords in steps instead of *****', OUTPUT),
  'no-color': flag('No colors', OUTPUT),
  'no-progress': flag('No progress bar, no lines while waiting', OUTPUT),
};

function shared(names: readonly string[]): Readonly<Record<string, Option>> {
  return Object.fromEntries(Object.entries(OPTIONS).filter(([name]) => names.includes(name)));
}

const COMPARE = 'What to compare';

/** The options of `verify`: those that it shares, some in other words, and its own. */
const VERIFY_OPTIONS: Readonly<Record<string, Option>> = {
  ...shared(['source', 'target']),
  job: list('JOB', 'Only this job: an id, or a name with * and ?', COMMON),
  format: text('FORMAT', 'table (default) or json', COMMON, { default: 'table', alias: 'f' }),
  'exclude-job': list('JOB', 'All jobs except this one', COMPARE),
  'after-cutover': flag('Take a disabled job as enabled if a chain is live', COMPARE, {
    more: 'For jobs that somebody disabled without `--disable-source`.',
  }),
  'without-client': flag('Pass although no client is connected', COMPARE),
  ...shared(['last-day', 'client-name', 'source-role', 'target-role', 'source-time-zone']),
  'accept-time-zone': flag('Compare the hours although the clocks differ', CLOCKS),
  quiet: flag('Print only what differs', OUTPUT, { alias: 'q' }),
  verbose: flag('Print where an error comes from', OUTPUT, { alias: 'v' }),
  ...shared(['no-color', 'no-progress', 'config']),
};

const UNDONE = 'What to undo';

const UNDO_OPTIONS: Readonly<Record<string, Option>> = {
  ...shared(['source', 'target']),
  'dry-run': flag('Show what would be undone, change nothing', COMMON, { alias: 'n' }),
  job: list('JOB', 'Only this job: an id, or a name with * and ?', COMMON),
  format: text('FORMAT', 'table (default) or json', COMMON, { default: 'table', alias: 'f' }),
  yes: flag('Do not ask before writing', COMMON, { alias: 'y' }),
  'exclude-job': list('JOB', 'All jobs except this one', UNDONE),
  force: flag('Also chains that were changed by hand', UNDONE),
  wait: text('TIME', 'Wait for running chains: 90s, 5min (default), 2h', UNDONE, { default: '5min' }),
  ...shared(['source-role', 'target-role', 'source-time-zone']),
  quiet: flag('Print only the last line, and missed minutes', OUTPUT, { alias: 'q' }),
  verbose: flag('Print where an error comes from', OUTPUT, { alias: 'v' }),
  ...shared(['no-color', 'no-progress', 'config']),
};

/** The options of each command. */
export const OPTIONS_OF: Readonly<Record<Command, Readonly<Record<string, Option>>>> = {
  migrate: OPTIONS,
  verify: VERIFY_OPTIONS,
  undo: UNDO_OPTIONS,
};

/** Every option of any command. */
export const ALL_OPTIONS: Readonly<Record<string, Option>> = {
  ...UNDO_OPTIONS,
  ...VERIFY_OPTIONS,
  ...OPTIONS,
};

/** What an option says that is not given. A command that lacks the option goes by it too. */
export const DEFAULTS: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries(OPTIONS).flatMap(([name, option]) =>
    option.default === undefined ? [] : [[name, option.default]],
  ),
);

/** The name of the option that a typed name or alias is; null for none. */
export function optionNamed(typed: string): string | null {
  const [name] =
    Object.entries(ALL_OPTIONS).find(([name, { alias }]) => name === typed || alias === typed) ?? [];
  return name ?? null;
}

/** The options that may stand more than once. */
export const REPEATABLE: readonly string[] = ['job', 'exclude-job', 'client-name', 'shell', 'transaction'];

/** What each run is to be told anew: no options file holds it. */
export const NOT_IN_FILE: readonly string[] = ['config', 'yes', 'force', 'show-secrets'];
