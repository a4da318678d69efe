import yargs, { type Options } from 'yargs';
import { Failure } from '../model/failure.ts';
import { type Command, commandOf, DOCUMENTS, isCommand, isShowing } from './command-names.ts';
import { helpText } from './help.ts';
import { needsLive } from './needs-live.ts';
import { ALL_OPTIONS, OPTIONS_OF, optionNamed } from './options.ts';
import { suggestion } from './suggestion.ts';

/** What a command line comes to: options to run with, or something to show. */
export type Parsed =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'schema'; readonly document: (typeof DOCUMENTS)[number] }
  /** null: the list of codes. */
  | { readonly kind: 'explain'; readonly code: string | null }
  /** Those that were typed; readSettings knows the others. */
  | { readonly kind: 'options'; readonly command: Command; readonly options: Record<string, unknown> };

const PIPE_WIDTH = 80;

/**
 * Reads the command line.
 * @param width of the terminal that --help is for
 * @throws Failure of code `usage`
 */
export async function parse(argv: readonly string[], version: string, width = PIPE_WIDTH): Promise<Parsed> {
  refuseValuesOfFlags(argv);
  refuseSingleDashes(argv);
  const words = commandFirst(argv);
  const [first] = words;
  if (asksForHelp(words))
    return { kind: 'text', text: helpText(isShowing(first) ? first : commandOf(first), width) };
  const parser = yargs()
    .scriptName('pga2timetable')
    .command(['migrate', '$0'], '', (command) => command.options(optionsOf('migrate')))
    .command('verify', '', (command) => command.options(optionsOf('verify')))
    .command('undo', '', (command) => command.options(optionsOf('undo')))
    .command('explain [code]', '', (command) => command.positional('code', { type: 'string' }))
    .command('schema [document]', '', (command) => command.positional('document', { type: 'string' }))
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'greedy-arrays': false,
      'strip-aliased': true,
    })
    .locale('en')
    .strict()
    .version(version)
    .help(false)
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
    return { kind: 'options', command: commandOf(options._[0]), options };
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw mistake(error, argv, first);
  }
}

// A default is none of yargs's: what was typed and what was not shall be known.
function optionsOf(command: Command): Record<string, Options> {
  return Object.fromEntries(
    Object.entries(OPTIONS_OF[command]).map(([name, { default: _, ...option }]) => [name, option]),
  );
}

function mistake(error: unknown, argv: readonly string[], first: string | undefined): Failure {
  const message = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ');
  const command = isShowing(first) ? first : commandOf(first);
  const [, valueless] = /^Not enough arguments following: (\S+)/.exec(message) ?? [];
  const [, unknown] = /^Unknown arguments?: (.*)$/.exec(message) ?? [];
  if (unknown === 'dump' && isCommand(command)) return needsLive(command);
  if (unknown !== undefined) {
    const [typed = '', ...more] = unknown.split(', ');
    return unknownArguments([typed, ...more], argv, suggestion(typed, command));
  }
  return new Failure(
    'usage',
    valueless === undefined ? `${message}.` : `--${optionNamed(valueless) ?? valueless} needs a value.`,
    suggestion('', command),
  );
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
  return ALL_OPTIONS[optionNamed(name) ?? '']?.type === 'string';
}

function asksForHelp(words: readonly string[]): boolean {
  return words.some(
    (word, index) => (word === '--help' || word === '-h') && !takesValue(words[index - 1] ?? ''),
  );
}

function codeOf(word: unknown): string | null {
  return typeof word === 'string' ? word : null;
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
    const [, name = '', equals] = /^--?([\w-]+)(=|$)/.exec(argument) ?? [];
    const [, negated] = /^no-(.+)$/.exec(name) ?? [];
    const isBehind = argv[at + 1] === 'true' || argv[at + 1] === 'false';
    if (negated !== undefined && isFlag(negated) && !isFlag(name))
      throw new Failure('usage', `There is no --${name}.`, `Write --${negated} alone, or leave it out.`);
    if ((equals === '=' || isBehind) && isFlag(name))
      throw new Failure('usage', `--${name} takes no value.`, `Write --${name} alone, or leave it out.`);
  }
}

function isFlag(name: string): boolean {
  return ALL_OPTIONS[optionNamed(name) ?? '']?.type === 'boolean' || ['help', 'h', 'version'].includes(name);
}

// yargs reads -output as -o utput, and -dry-run as seven options.
function refuseSingleDashes(argv: readonly string[]): void {
  for (const [at, argument] of argv.entries()) {
    const [, name = ''] = /^-([a-z][\w-]+)(?:=|$)/.exec(argument) ?? [];
    if (name in ALL_OPTIONS && !takesValue(argv[at - 1] ?? ''))
      throw new Failure('usage', `Unknown argument: -${name}.`, `Did you mean --${name}?`);
  }
}

// What follows a lone -- would be skipped, and with it a --dry-run.
function refuseWords(words: readonly (string | number)[], argv: readonly string[]): void {
  const [first] = words.filter((word, index) => index > 0 || !(isCommand(word) || isShowing(word)));
  if (first === undefined) return;
  throw unknownArguments(
    [String(first)],
    argv,
    'Write options without a -- before them; see pga2timetable --help.',
  );
}

// A connection string that the shell took apart leaves words of its password behind, which are not repeated.
function unknownArguments(unknown: readonly string[], argv: readonly string[], remedy: string): Failure {
  const isOption = (word: string): boolean =>
    argv.some((argument) => /^--?([a-z_-]+)(?:=|$)/i.exec(argument)?.[1] === word);
  const mayHoldSecret = argv.some((argument) => /[=@]|:\/\/|pass/i.test(argument));
  const shown = unknown.filter(
    (word) => /^[-\u2013\u2014]{0,2}[a-z][a-z_-]{0,29}$/i.test(word) && (isOption(word) || !mayHoldSecret),
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
