import type { Options } from 'yargs';
import { SHELL_NAMES } from '../transform/step/shell.ts';

const text = (describe: string, group: string, extra: Options = {}): Options => ({
  type: 'string',
  requiresArg: true,
  describe,
  group,
  ...extra,
});
const list = (describe: string, group: string): Options => text(describe, group, { array: true });
const flag = (describe: string, group: string, extra: Options = {}): Options => ({
  type: 'boolean',
  describe,
  group,
  ...extra,
});

const WHERE = 'Where from and where to';
const WHAT = 'What to move';
const HOW = 'How it is to run';
const CUTOVER = 'Cutover';
const OUTPUT = 'Output';

/** The options of `migrate`, as yargs reads them and `--help` shows them. */
const OPTIONS: Readonly<Record<string, Options>> = {
  source: text('The pgAgent database, as URI or conninfo [default: the PG* environment]', WHERE, {
    alias: 's',
  }),
  target: text('The pg_timetable database [default: the source]', WHERE, { alias: 't' }),
  'dry-run': flag('Print the plan, write nothing', WHAT, { alias: 'n' }),
  job: list('Only these jobs: an id, or a name with * and ?; repeatable', WHAT),
  'exclude-job': list('All but these jobs; repeatable', WHAT),
  schedules: text(
    'pending: enabled and can still fire; active: enabled and active now; all: also those that are disabled or over, not live',
    WHAT,
    { default: 'pending' },
  ),
  'on-demand': flag('Also enabled jobs without an enabled schedule, which are started by hand', WHAT),
  partial: flag('Move a job partly if it cannot move completely', WHAT),
  shell: list(
    `What runs batch steps: ${SHELL_NAMES.join(', ')}, or "program flag"; HOST=SHELL: for the jobs of a host, =SHELL: for those of any host; repeatable [default: sh]`,
    HOW,
  ),
  transaction: list(
    'step: each local SQL step commits by itself, as under pgAgent; chain: all of a chain share one transaction; JOB=chain: for one job, by id or name; JOB=joined: its SQL steps share a session, and each commits by itself; repeatable [default: step]',
    HOW,
  ),
  overlap: text(
    'Minutes that several schedules of a job share: keep them in each, or exact: in one, as pgAgent ran the job once',
    HOW,
    { default: 'keep' },
  ),
  'last-day': text(
    '"Last day of the month" beside other days: keep what pgAgent does (it passes it over), or honor it',
    HOW,
    { default: 'keep' },
  ),
  'allow-many-chains': flag('Also schedules that need more than 64 chains', HOW),
  paused: flag('Create every chain with live = false', HOW),
  'pause-dormant': flag(
    'Create the chains of jobs that stood still under pgAgent with live = false, and leave these jobs as they are',
    HOW,
  ),
  history: text("Days of pgAgent's log in which to look for jobs that stood still; 0: do not look", HOW, {
    default: '90',
  }),
  'client-name': list(
    'HOST=NAME: the client for the jobs of a host; =NAME: for the jobs of any host; repeatable',
    HOW,
  ),
  'every-client': flag('Jobs of any host are meant to run on every pg_timetable client', HOW),
  'step-conninfo': text(
    'How pg_timetable reaches the server of steps that name only a database: "host=... user=..."',
    HOW,
  ),
  'strip-passwords': flag('Take passwords out of steps: pg_timetable is to find them in ~/.pgpass', HOW),
  'source-role': text('The role that pgAgent connects as [default: the role of this run]', HOW),
  'target-role': text('The role that pg_timetable connects as [default: the role of this run]', HOW),
  'source-time-zone': text('The time zone that pgAgent went by, where its environment said it', HOW),
  'accept-time-zone': flag("Move the jobs to the target's hours although its time zone is another", HOW),
  strict: flag('Stop before writing if there is a warning', HOW),
  'on-conflict': text(
    'Chains that the target has already, other than this run would make them: error: stop; skip: leave their jobs alone; replace: make them anew',
    CUTOVER,
    { default: 'error' },
  ),
  force: flag(
    'With --on-conflict replace: also chains that were changed by hand, or that this tool did not make',
    CUTOVER,
  ),
  'disable-source': flag('Cutover: disable the moved jobs in pgAgent as their chains go live', CUTOVER),
  wait: text(
    'How long to wait for jobs that run now and for a good moment: 90s, 5min, 2h; a bare number is seconds',
    CUTOVER,
    { default: '5min' },
  ),
  'run-overdue': flag(
    'With --disable-source: start the chains of jobs that are overdue at that moment, once',
    CUTOVER,
  ),
  'without-client': flag(
    'With --disable-source: go on although no pg_timetable client is connected that would run the chains',
    CUTOVER,
  ),
  yes: flag('Do not ask before writing', CUTOVER, { alias: 'y' }),
  plan: text('Write exactly the plan of this file, which --dry-run --format json --output made', CUTOVER),
  format: text(
    'table, json or html; sql: a script for psql; yaml: chains for pg_timetable --file (these two write nothing)',
    OUTPUT,
    { default: 'table', alias: 'f' },
  ),
  output: text('A file for the result [default: standard output]', OUTPUT, { alias: 'o' }),
  overwrite: flag('With --output: replace a file that is there already, once the result is whole', OUTPUT),
  'show-secrets': flag('Show passwords in steps instead of *****', OUTPUT),
  quiet: flag('On standard error only warnings of the preflight and errors', OUTPUT, { alias: 'q' }),
  verbose: flag(
    'Next runs and tasks under each chain, all that an advisory is about, and where an error comes from',
    OUTPUT,
    { alias: 'v' },
  ),
  'no-color': flag('No colours', OUTPUT),
  'no-progress': flag('No progress bar, and no lines about what is waited for', OUTPUT),
};

const VERIFY: readonly string[] = [
  ...['source', 'target', 'job', 'exclude-job', 'client-name', 'last-day'],
  ...['source-role', 'target-role', 'source-time-zone', 'accept-time-zone'],
  ...['format', 'quiet', 'verbose', 'no-color', 'no-progress'],
];

/** The options of `verify`: those that it shares, some in other words, and its own. */
const VERIFY_OPTIONS: Readonly<Record<string, Options>> = {
  ...Object.fromEntries(Object.entries(OPTIONS).filter(([name]) => VERIFY.includes(name))),
  job: list('Only these jobs: an id, or a name with * and ?; repeatable', 'What to compare'),
  'exclude-job': list('All but these jobs; repeatable', 'What to compare'),
  'after-cutover': flag(
    'Jobs were disabled in pgAgent by other means than --disable-source: take those as enabled that have a live chain',
    'What to compare',
  ),
  'without-client': flag(
    'Pass although no client is connected for live chains of jobs that pgAgent no longer runs',
    'What to compare',
  ),
  format: text('table or json', OUTPUT, { default: 'table', alias: 'f' }),
  'accept-time-zone': flag('Compare the hours on the two clocks although they differ', HOW),
  quiet: flag('Only what differs', OUTPUT, { alias: 'q' }),
  verbose: flag('Where an error comes from', OUTPUT, { alias: 'v' }),
};

const UNDO: readonly string[] = [
  ...['source', 'target', 'source-role', 'target-role', 'source-time-zone', 'wait'],
  ...['dry-run', 'yes', 'format', 'quiet', 'verbose', 'no-color', 'no-progress'],
];

const UNDO_OPTIONS: Readonly<Record<string, Options>> = {
  ...Object.fromEntries(Object.entries(OPTIONS).filter(([name]) => UNDO.includes(name))),
  'dry-run': flag('Show what would be undone, change nothing', 'What to undo', { alias: 'n' }),
  job: list('Only these jobs: an id, or a name with * and ?; repeatable', 'What to undo'),
  'exclude-job': list('All but these jobs; repeatable', 'What to undo'),
  force: flag('Also chains that were changed by hand since', 'What to undo'),
  yes: flag('Do not ask before writing', 'What to undo', { alias: 'y' }),
  format: text('table or json', OUTPUT, { default: 'table', alias: 'f' }),
  wait: text(
    'How long to wait for chains that run now: 90s, 5min, 2h; a bare number is seconds',
    'What to undo',
    { default: '5min' },
  ),
  quiet: flag('The last line, and minutes that were missed', OUTPUT, { alias: 'q' }),
  verbose: flag('Where an error comes from', OUTPUT, { alias: 'v' }),
};

/** The options of each command. */
export const OPTIONS_OF = { migrate: OPTIONS, verify: VERIFY_OPTIONS, undo: UNDO_OPTIONS } as const;

/** Every option of any command. */
export const ALL_OPTIONS: Readonly<Record<string, Options>> = {
  ...UNDO_OPTIONS,
  ...VERIFY_OPTIONS,
  ...OPTIONS,
};

/** The options that may stand more than once. */
export const REPEATABLE: readonly string[] = ['job', 'exclude-job', 'client-name', 'shell', 'transaction'];
