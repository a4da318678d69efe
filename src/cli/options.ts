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
const flag = (describe: string, group: string): Options => ({ type: 'boolean', describe, group });

const WHERE = 'Where from and where to';
const WHAT = 'What to move';
const HOW = 'How it is to run';
const OUTPUT = 'Output';

/** Every option, as yargs reads it and `--help` shows it. */
export const OPTIONS: Readonly<Record<string, Options>> = {
  source: text('The pgAgent database, as URI or conninfo [default: the PG* environment]', WHERE, {
    alias: 's',
  }),
  target: text('The pg_timetable database [default: the source]', WHERE, { alias: 't' }),
  'dry-run': flag('Print the plan, write nothing', WHAT),
  job: list('Only these jobs: an id, or a name with * and ?; repeatable', WHAT),
  'exclude-job': list('All but these jobs; repeatable', WHAT),
  partial: flag('Of a job that cannot move whole, take what can', WHAT),
  shell: text(`What runs batch steps: ${SHELL_NAMES.join(', ')}, or "program flag"`, HOW, { default: 'sh' }),
  paused: flag('Create every chain with live = false', HOW),
  'client-name': list(
    'HOST=NAME: the client for the jobs of a host; =NAME: for the jobs of any host; repeatable',
    HOW,
  ),
  'step-conninfo': text(
    'How pg_timetable reaches the server of steps that name only a database: "host=... user=..."',
    HOW,
  ),
  strict: flag('Stop before writing if there is a warning', HOW),
  format: text('table or json', OUTPUT, { default: 'table' }),
  quiet: flag('On standard error only errors', OUTPUT),
  verbose: flag(
    'Tasks under each chain, all that an advisory is about, and where an error comes from',
    OUTPUT,
  ),
  'no-color': flag('No colours', OUTPUT),
};

/** The options that may stand more than once. */
export const REPEATABLE: readonly string[] = ['job', 'exclude-job', 'client-name'];
