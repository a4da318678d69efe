import yargs from 'yargs';
import { Failure } from '../failure.ts';
import { printable } from '../report/printable.ts';
import { maskSecrets } from '../secret.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit-code.ts';
import { failureText } from './failure-text.ts';
import { Interrupt } from './interrupt.ts';
import type { Terminal } from './migrate.ts';
import { OPTIONS } from './options.ts';
import { BestEffortOutput, Output, OutputClosed } from './output.ts';
import type { Settings } from './settings.ts';
import { suggestion } from './suggestion.ts';

declare const PACKAGE_VERSION: string;

const PIPE_WIDTH = 100;

/** Runs the command line and sets the exit code; the only place that knows the process. */
export async function main(): Promise<void> {
  const stdout = new Output(process.stdout);
  const stderr = new BestEffortOutput(process.stderr);
  const interrupt = new Interrupt();
  process.on('SIGINT', () => interrupt.stop());
  process.on('SIGTERM', () => interrupt.stop());
  process.on('SIGHUP', () => interrupt.stop());
  const argv = process.argv.slice(2);
  try {
    process.exitCode = await run(argv, stdout, stderr, interrupt);
  } catch (error) {
    const isVerbose = argv.includes('--verbose');
    process.exitCode = await explain(error, stderr, interrupt, isVerbose);
  }
}

async function run(
  argv: readonly string[],
  stdout: Output,
  stderr: Output,
  interrupt: Interrupt,
): Promise<ExitCode> {
  const parsed = await parse(argv);
  if (parsed.kind === 'text') {
    await stdout.print(`${parsed.text}\n`);
    return EXIT.done;
  }
  // --help and --version shall not wait for a database driver to load.
  const { readSettings } = await import('./settings.ts');
  const { migrate } = await import('./migrate.ts');
  const settings = readSettings(parsed.options, process.env);
  return migrate(settings, terminal(settings, stdout, stderr), interrupt);
}

type Parsed =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'options'; readonly options: Record<string, unknown> };

/** The command line as yargs reads it: options, or the text of --help and --version. */
export async function parse(argv: readonly string[]): Promise<Parsed> {
  refuseValuesOfFlags(argv);
  const parser = yargs()
    .scriptName('pga2timetable')
    .usage(
      '$0 [migrate] [options]\n\nMoves the jobs of pgAgent into pg_timetable, and says exactly what changes.',
    )
    .command(['migrate', '$0'], 'Move the jobs (the default command)')
    .options({ ...OPTIONS })
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'greedy-arrays': false,
      'strip-aliased': true,
    })
    .locale('en')
    .strict()
    .wrap(100)
    .version(PACKAGE_VERSION)
    .help()
    .alias('help', 'h')
    .epilogue(
      'Exit codes: 0 done, 1 failed, 2 usage, 3 refused, 4 conflict, 6 done but jobs were left out, 130 interrupted.',
    )
    .exitProcess(false)
    .fail(false);
  let text = '';
  try {
    const options = await parser.parseAsync(
      [...argv],
      {},
      (_error: unknown, _argv: unknown, output: string) => {
        text = output;
      },
    );
    if (text !== '') return { kind: 'text', text };
    refuseWords(options._);
    return { kind: 'options', options };
  } catch (error) {
    if (error instanceof Failure) throw error;
    const message = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ');
    const [, valueless] = /^Not enough arguments following: (\S+)/.exec(message) ?? [];
    throw new Failure(
      'usage',
      valueless === undefined ? `${message}.` : `--${valueless} needs a value.`,
      suggestion(message, Object.keys(OPTIONS)),
    );
  }
}

// yargs takes --dry-run=yes for false, and a run that was to be dry would write.
function refuseValuesOfFlags(argv: readonly string[]): void {
  for (const argument of argv) {
    const [, name] = /^--?([\w-]+)=/.exec(argument) ?? [];
    if (name !== undefined && (OPTIONS[name]?.type === 'boolean' || name === 'help' || name === 'version')) {
      throw new Failure('usage', `--${name} takes no value.`, `Write --${name} alone, or leave it out.`);
    }
  }
}

// What stands behind a lone -- would be passed over, and with it a --dry-run.
function refuseWords(words: readonly (string | number)[]): void {
  const [first] = words.filter((word, index) => index > 0 || word !== 'migrate');
  if (first === undefined) return;
  throw new Failure(
    'usage',
    `Unknown argument: ${first}.`,
    'Give options without a -- in front of them; see pga2timetable --help.',
  );
}

function terminal(settings: Settings, stdout: Output, stderr: Output): Terminal {
  const isPlain = !settings.color || !!process.env.NO_COLOR || process.env.TERM === 'dumb';
  const columns = process.stdout.columns ?? Number(process.env.COLUMNS);
  return {
    stdout,
    stderr,
    width: Number.isInteger(columns) && columns > 0 ? columns : PIPE_WIDTH,
    stdoutHasColor: !isPlain && process.stdout.isTTY === true,
    stderrHasColor: !isPlain && process.stderr.isTTY === true,
  };
}

async function explain(
  error: unknown,
  stderr: Output,
  interrupt: Interrupt,
  isVerbose: boolean,
): Promise<ExitCode> {
  if (error instanceof OutputClosed) return EXIT.done;
  if (interrupt.isRequested) {
    await stderr.print('pga2timetable: interrupted. Nothing was written.\n');
    return EXIT.interrupted;
  }
  const failure =
    error instanceof Failure
      ? error
      : new Failure(
          'failed',
          `Unexpected: ${error instanceof Error ? error.message : String(error)}.`,
          'Run it with --verbose and report what it prints.',
          { cause: error },
        );
  await stderr.print(failureText(failure.message, failure.remedy));
  if (isVerbose && failure.code !== 'usage') await stderr.print(traces(failure));
  return exitCodeOf(failure.code);
}

function traces(error: unknown): string {
  const lines: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause)
    lines.push(...(at.stack ?? at.message).split('\n'));
  return lines.map((line) => `  ${printable(maskSecrets(line))}\n`).join('');
}
