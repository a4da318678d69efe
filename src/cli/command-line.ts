import yargs from 'yargs';
import { Failure } from '../model/failure.ts';
import { ALL_OPTIONS, OPTIONS_OF } from './options.ts';
import { suggestion } from './suggestion.ts';

/** What a command line comes to: options to run with, or something to show. */
export type Parsed =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'schema'; readonly document: (typeof DOCUMENTS)[number] }
  /** null: the list of codes. */
  | { readonly kind: 'explain'; readonly code: string | null }
  | { readonly kind: 'options'; readonly command: Command; readonly options: Record<string, unknown> };

export type Command = (typeof COMMANDS)[number];

const COMMANDS = ['migrate', 'verify', 'undo'] as const;
/** They show something and run nothing. */
const SHOWING = ['schema', 'explain'] as const;
const DOCUMENTS = ['plan', 'verify', 'undo'] as const;

const DESCRIPTIONS: Readonly<Record<Command | (typeof SHOWING)[number], string>> = {
  migrate: 'Move the jobs of pgAgent into pg_timetable, and say exactly what changes (the default command)',
  verify: 'Prove that the chains of the target fire when the schedules of the source do',
  undo: 'Take out what migrate put in, and enable in pgAgent what it disabled',
  explain: 'Print the page of an advisory, or the list of all codes',
  schema: 'Print the JSON Schema of what --format json prints: of a plan, of verify, or of undo',
};

const usage = (command: Command): string =>
  `$0 ${command === 'migrate' ? '[migrate]' : command} [options]\n\n${DESCRIPTIONS[command]}`;

// What a command has no option for is as if it had not been given.
const DEFAULTS = Object.fromEntries(
  Object.entries(OPTIONS_OF.migrate).flatMap(([name, option]) =>
    option.default === undefined ? [] : [[name, option.default]],
  ),
);

const WIDEST_HELP = 100;

/**
 * Reads the command line.
 * @param width of the terminal that --help is for
 * @throws Failure of code `usage`
 */
export async function parse(argv: readonly string[], version: string, width = WIDEST_HELP): Promise<Parsed> {
  refuseValuesOfFlags(argv);
  const words = commandFirst(argv);
  const parser = yargs()
    .scriptName('pga2timetable')
    .command(['migrate', '$0'], DESCRIPTIONS.migrate, (command) =>
      command.usage(usage('migrate')).options({ ...OPTIONS_OF.migrate }),
    )
    .command('verify', DESCRIPTIONS.verify, (command) =>
      command.usage(usage('verify')).options({ ...OPTIONS_OF.verify }),
    )
    .command('undo', DESCRIPTIONS.undo, (command) =>
      command.usage(usage('undo')).options({ ...OPTIONS_OF.undo }),
    )
    .command('explain [code]', DESCRIPTIONS.explain, (command) =>
      command
        .usage(`$0 explain [code]\n\n${DESCRIPTIONS.explain}`)
        .positional('code', { describe: 'The code of an advisory: shared-session', type: 'string' }),
    )
    .command('schema [document]', DESCRIPTIONS.schema, (command) =>
      command
        .usage(`$0 schema [${DOCUMENTS.join('|')}]\n\n${DESCRIPTIONS.schema}`)
        .positional('document', { describe: DOCUMENTS.join(', '), type: 'string', default: 'plan' }),
    )
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'greedy-arrays': false,
      'strip-aliased': true,
    })
    .locale('en')
    .strict()
    .wrap(Math.min(WIDEST_HELP, width))
    .version(version)
    .help()
    .alias('help', 'h')
    .epilogue(
      'Exit codes: 0 done, 1 failed, 2 usage, 3 refused, 4 conflict, 5 verify found a difference, 6 done but jobs were left out, 7 a cutover or an undo stands half-way (run it again), 8 done but the result could not be printed whole, 130 interrupted.',
    )
    .exitProcess(false)
    .fail(false);
  let text = '';
  try {
    const options = await parser.parseAsync(words, {}, (_error: unknown, _argv: unknown, output: string) => {
      text = output;
    });
    if (text !== '') return { kind: 'text', text };
    refuseWords(options._, argv);
    if (options._[0] === 'explain') return { kind: 'explain', code: codeOf(options.code) };
    if (options._[0] === 'schema')
      return { kind: 'schema', document: documentOf(options.document ?? 'plan') };
    const command = commandOf(options._[0]);
    return { kind: 'options', command, options: { ...DEFAULTS, ...options } };
  } catch (error) {
    if (error instanceof Failure) throw error;
    const message = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ');
    const [, valueless] = /^Not enough arguments following: (\S+)/.exec(message) ?? [];
    const remedy = suggestion(
      message,
      isShowing(words[0]) ? {} : OPTIONS_OF[commandOf(words[0])],
      [...COMMANDS, ...SHOWING],
      words[0],
    );
    const [, unknown] = /^Unknown arguments?: (.*)$/.exec(message) ?? [];
    if (unknown !== undefined) throw unknownArguments(unknown.split(', '), argv, remedy);
    throw new Failure(
      'usage',
      valueless === undefined ? `${message}.` : `--${valueless} needs a value.`,
      remedy,
    );
  }
}

// yargs knows the options of a command only after it: "--quiet undo" would be an option with a value.
function commandFirst(argv: readonly string[]): readonly string[] {
  const at = argv.findIndex((word, index) => !word.startsWith('-') && !takesValue(argv[index - 1] ?? ''));
  const command = argv[at];
  if (command === undefined || !(isCommand(command) || isShowing(command))) return argv;
  return [command, ...argv.slice(0, at), ...argv.slice(at + 1)];
}

function takesValue(argument: string): boolean {
  const name = /^--?([\w-]+)$/.exec(argument)?.[1] ?? '';
  return Object.entries(ALL_OPTIONS).some(
    ([option, { alias, type }]) => type === 'string' && (option === name || alias === name),
  );
}

function isCommand(word: unknown): word is Command {
  return COMMANDS.some((command) => command === word);
}

function isShowing(word: unknown): boolean {
  return SHOWING.some((command) => command === word);
}

function codeOf(word: unknown): string | null {
  return typeof word === 'string' ? word : null;
}

function commandOf(word: unknown): Command {
  return isCommand(word) ? word : 'migrate';
}

function documentOf(word: unknown): (typeof DOCUMENTS)[number] {
  const found = DOCUMENTS.find((document) => document === word);
  if (found !== undefined) return found;
  throw new Failure(
    'usage',
    `There is no schema of ${/^[a-z]{1,20}$/i.test(String(word)) ? `"${word}"` : 'that name'}.`,
    `The schemas are ${DOCUMENTS.join(', ')}.`,
  );
}

// yargs takes --dry-run=yes and --dry-run false for false, and a run that was to be dry would write.
function refuseValuesOfFlags(argv: readonly string[]): void {
  for (const [at, argument] of argv.entries()) {
    const [, name, equals] = /^--?([\w-]+)(=|$)/.exec(argument) ?? [];
    const isBehind = argv[at + 1] === 'true' || argv[at + 1] === 'false';
    if (name !== undefined && (equals === '=' || isBehind) && isFlag(name))
      throw new Failure('usage', `--${name} takes no value.`, `Write --${name} alone, or leave it out.`);
  }
}

function isFlag(name: string): boolean {
  const isOne = Object.entries(ALL_OPTIONS).some(
    ([option, { alias, type }]) => type === 'boolean' && (option === name || alias === name),
  );
  return isOne || ['help', 'h', 'version'].includes(name);
}

// What follows a lone -- would be skipped, and with it a --dry-run.
function refuseWords(words: readonly (string | number)[], argv: readonly string[]): void {
  const [first] = words.filter((word, index) => index > 0 || !(isCommand(word) || isShowing(word)));
  if (first === undefined) return;
  throw unknownArguments(
    [String(first)],
    argv,
    'Give options without a -- in front of them; see pga2timetable --help.',
  );
}

// A connection string that the shell took apart leaves words of its password behind, which are not repeated.
function unknownArguments(unknown: readonly string[], argv: readonly string[], remedy: string): Failure {
  const isOption = (word: string): boolean =>
    argv.some((argument) => /^--?([a-z-]+)(?:=|$)/i.exec(argument)?.[1] === word);
  const mayHoldSecret = argv.some((argument) => /[=@]|:\/\/|pass/i.test(argument));
  const shown = unknown.filter(
    (word) => /^-{0,2}[a-z][a-z-]{0,29}$/i.test(word) && (isOption(word) || !mayHoldSecret),
  );
  if (shown.length === unknown.length) {
    const what = shown.length === 1 ? 'Unknown argument' : 'Unknown arguments';
    return new Failure('usage', `${what}: ${shown.join(', ')}.`, remedy);
  }
  return new Failure(
    'usage',
    `Unknown argument: ${[...shown, 'a word that belongs to no option'].join(', ')}.`,
    remedy.startsWith('Did you')
      ? remedy
      : 'Write a connection string in quotes, as one argument; see pga2timetable --help.',
  );
}
