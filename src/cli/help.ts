import { fileURLToPath } from 'node:url';
import { fold } from '../report/fold.ts';
import { COMMANDS, type Command, DOCUMENTS, isCommand, SHOWING, type Showing } from './command-names.ts';
import { docsFolder } from './docs-folder.ts';
import { OPTIONS_OF, type Option } from './options.ts';

type Line = readonly [left: string, right: string];

/** What each command does, in a line of the help. */
export const DESCRIPTIONS: Readonly<Record<Command | Showing, string>> = {
  migrate: 'Move pgAgent jobs into pg_timetable (the default)',
  verify: 'Check that the chains start when the jobs do',
  undo: 'Remove the chains, enable the jobs in pgAgent',
  explain: 'Print the page of an advisory, or list all codes',
  schema: 'Print a JSON Schema: plan, verify, undo, config',
};

/** What follows the name of a command that shows something. */
export const WORDS: Readonly<Record<Showing, readonly Line[]>> = {
  explain: [['CODE', 'The code of an advisory, such as shared-session']],
  schema: [
    ['NAME', `${DOCUMENTS.slice(0, -1).join(', ')} or ${DOCUMENTS.at(-1)} (default: ${DOCUMENTS[0]})`],
  ],
};

const EXAMPLES: Readonly<Record<Command, readonly Line[]>> = {
  migrate: [
    ['npx pga2timetable --source "host=db1 dbname=app" --dry-run', 'Show the plan'],
    ['npx pga2timetable --source "host=db1 dbname=app" --disable-source', 'Move'],
  ],
  verify: [
    ['npx pga2timetable verify --source "host=db1 dbname=app"', 'Compare all jobs'],
    ['npx pga2timetable verify --job 17 --job "Load *"', 'Compare some'],
  ],
  undo: [
    ['npx pga2timetable undo --source "host=db1 dbname=app" --dry-run', 'Show'],
    ['npx pga2timetable undo --source "host=db1 dbname=app"', 'Undo'],
  ],
};

const GENERAL: readonly Line[] = [
  ['  -h, --help', 'Print this help'],
  ['      --version', 'Print the version'],
];

/** All exit codes in a line; docs/options.md has more about each. */
export const EXIT_CODES =
  'Exit codes: 0 done, 1 failed, 2 usage, 3 refused, 4 conflict, 5 verify found a difference, 6 jobs were left out, 7 unfinished (run it again), 8 not printed, 130 interrupted.';

const LEFT = 31;
const WIDEST = 80;

/**
 * The help of a command.
 * @param width of the terminal, columns
 */
export function helpText(command: Command | Showing, width: number): string {
  const columns = Math.min(WIDEST, width);
  const docs = fileURLToPath(docsFolder());
  const lines = isCommand(command) ? aboutCommand(command, columns) : aboutShowing(command, columns);
  return [...lines, '', `Documentation: ${docs}cli.md, ${docs}cutover.md`].join('\n');
}

function aboutCommand(command: Command, columns: number): readonly string[] {
  const isDefault = command === 'migrate';
  return [
    `Usage: pga2timetable ${isDefault ? '[command]' : command} [options]`,
    ...(isDefault ? commandList(columns) : ['', DESCRIPTIONS[command]]),
    ...optionGroups(command, columns),
    ...GENERAL.flatMap((line) => twoColumns(line, columns)),
    '(+) may be repeated',
    '',
    'Examples',
    ...EXAMPLES[command].map(([typed, what]) => `  ${typed}  # ${what}`),
    '',
    ...fold(EXIT_CODES, columns),
  ];
}

function commandList(columns: number): readonly string[] {
  const lines = [...COMMANDS, ...SHOWING].map((name): Line => {
    const [word] = isCommand(name) ? [] : WORDS[name];
    return [`  ${name}${word === undefined ? '' : ` [${word[0]}]`}`, DESCRIPTIONS[name]];
  });
  return ['', 'Commands', ...lines.flatMap((line) => twoColumns(line, columns))];
}

function aboutShowing(command: Showing, columns: number): readonly string[] {
  const words = WORDS[command];
  return [
    `Usage: pga2timetable ${command} [${words.map(([word]) => word).join(' ')}]`,
    ...['', DESCRIPTIONS[command], ''],
    ...words.flatMap(([word, what]) => twoColumns([`  ${word}`, what], columns)),
    ...GENERAL.flatMap((line) => twoColumns(line, columns)),
  ];
}

function optionGroups(command: Command, columns: number): readonly string[] {
  const options = Object.entries(OPTIONS_OF[command]);
  const groups = [...new Set(options.map(([, { group }]) => group))];
  return groups.flatMap((group) => [
    '',
    group,
    ...options
      .filter(([, option]) => option.group === group)
      .flatMap(([name, option]) => twoColumns([nameOf(name, option), option.describe], columns)),
  ]);
}

function nameOf(name: string, { alias, value }: Option): string {
  const short = typeof alias === 'string' ? `-${alias}, ` : '    ';
  return `  ${short}--${name}${value === undefined ? '' : ` ${value}`}`;
}

function twoColumns([left, right]: Line, columns: number): readonly string[] {
  return fold(right, Math.max(20, columns - LEFT)).map(
    (line, index) => `${(index === 0 ? left : '').padEnd(LEFT - 1)} ${line}`,
  );
}
