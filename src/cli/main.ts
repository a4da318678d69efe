import { fstatSync } from 'node:fs';
import { Failure } from '../model/failure.ts';
import { printable } from '../report/printable.ts';
import { maskSecrets } from '../secrets/mask.ts';
import type { DumpSettings, LiveSettings, Settings } from '../session/settings.ts';
import { wantsColor } from './color-wish.ts';
import { parse } from './command-line.ts';
import type { Command } from './command-names.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit-code.ts';
import { failureText } from './failure-text.ts';
import { needsLive } from './needs-live.ts';
import { BestEffortOutput, Output, OutputClosed } from './output.ts';
import { NO_BAR, type ProgressBar, TerminalBar } from './progress-bar.ts';
import { confirm } from './question.ts';
import { ResultFile } from './result-file.ts';
import type { Terminal } from './terminal.ts';

declare const PACKAGE_VERSION: string;

const PIPE_WIDTH = 100;

/** What the command line uses of its process. */
export type Process = Pick<NodeJS.Process, 'argv' | 'env' | 'stdin' | 'stdout' | 'stderr'> & {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  exit(code: number): void;
};

/** Runs the command line and sets the exit code; the only place that knows the process. */
export async function main(process: Process = globalThis.process): Promise<void> {
  const stdout = new Output(process.stdout);
  const stderr = new BestEffortOutput(process.stderr);
  const controller = new AbortController();
  const { signal } = controller;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort());
  const argv = process.argv.slice(2);
  let code: ExitCode;
  try {
    code = await run(process, argv, stdout, stderr, signal);
  } catch (error) {
    code = await explain(error, stderr, signal, argv.includes('--verbose') || argv.includes('-v'));
  }
  // Ending by itself, Node takes its signal handlers down first, and a late Ctrl-C would change the code.
  process.exit(code);
}

type Run<From = LiveSettings | DumpSettings> = (
  settings: From,
  terminal: Terminal,
  signal: AbortSignal,
) => Promise<ExitCode>;

const COMMANDS: Readonly<Record<Command, () => Promise<Run>>> = {
  migrate: async () => (await import('./commands/migrate.ts')).migrate,
  verify: async () => onlyLive('verify', (await import('./commands/verify.ts')).verify),
  undo: async () => onlyLive('undo', (await import('./commands/undo.ts')).undo),
};

function onlyLive(command: Command, run: Run<LiveSettings>): Run {
  return async (settings, terminal, signal) => {
    if (settings.from === 'dump') throw needsLive(command);
    return run(settings, terminal, signal);
  };
}

async function run(
  process: Process,
  argv: readonly string[],
  stdout: Output,
  stderr: Output,
  signal: AbortSignal,
): Promise<ExitCode> {
  const parsed = await parse(argv, PACKAGE_VERSION, process.stdout.columns || undefined);
  if (parsed.kind === 'text') {
    await stdout.print(`${parsed.text}\n`);
    return EXIT.done;
  }
  if (parsed.kind === 'schema') {
    const { schemaText } = await import('./schema-text.ts');
    await stdout.print(schemaText(parsed.document));
    return EXIT.done;
  }
  if (parsed.kind === 'explain') {
    const { explanation } = await import('./explanation.ts');
    await stdout.print(explanation(parsed.code, process.stdout.columns || PIPE_WIDTH));
    return EXIT.done;
  }
  // --help and --version shall not wait for a database driver to load.
  const { readSettings } = await import('./read-settings.ts');
  const { withPlannedOptions } = await import('./planned-options.ts');
  const { optionsOfFile } = await import('./options-file.ts');
  const fromFile = await optionsOfFile(parsed.options, parsed.command);
  const { options, savedPlan, given } = await withPlannedOptions(parsed.options, fromFile, process.env);
  const settings = readSettings(parsed.command, options, process.env, savedPlan, given);
  const run = await COMMANDS[parsed.command]();
  const { output, overwrite } = settings;
  const on = (result: Output): Terminal => ({
    ...terminal(process, settings, result, stderr, signal),
    fromFile,
  });
  if (output === null) return run(settings, on(stdout), signal);
  // A plan tells more about a database than everybody should read.
  const file = await ResultFile.open(output, 0o600, overwrite);
  try {
    return await run(settings, on(file), signal);
  } finally {
    await file.discard();
  }
}

function terminal(
  process: Process,
  settings: Settings,
  stdout: Output,
  stderr: Output,
  signal: AbortSignal,
): Terminal {
  const columns = [process.stdout.columns, Number(process.env.COLUMNS)];
  const width = columns.find((count) => Number.isInteger(count) && count > 0) ?? PIPE_WIDTH;
  const hasColor = (stream: { readonly isTTY?: boolean }): boolean =>
    wantsColor({
      isRefused: !settings.color,
      isTerminal: stream.isTTY === true,
      environment: process.env,
    });
  const bar = progressBar(process, settings);
  const isScreen = process.stdout.isTTY && settings.output === null;
  stderr.whenPrinting(() => bar.clear());
  if (process.stdout.isTTY) stdout.whenPrinting(() => bar.clear());
  return {
    stdout,
    stderr,
    words: process.argv.slice(2),
    width,
    isScreen,
    lastLineWidth: isScreen ? width : Number.POSITIVE_INFINITY,
    stdoutHasColor: settings.output === null && hasColor(process.stdout),
    stderrHasColor: hasColor(process.stderr),
    ask: isAnswered(process, settings)
      ? (question) => confirm(question, process.stdin, stderr, signal)
      : null,
    bar,
    barBesideResult: settings.output !== null || isFile(process.stdout.fd) ? bar : NO_BAR,
  };
}

// A pipeline has nobody who answers.
function isAnswered({ stdin, stderr, env }: Process, { yes, dryRun }: Settings): boolean {
  return !yes && !dryRun && stdin.isTTY && stderr.isTTY && (env.CI ?? '') === '';
}

function progressBar(process: Process, { progress, quiet }: Settings): ProgressBar {
  const isWished = progress && !quiet && process.stderr.isTTY && process.env.TERM !== 'dumb';
  return isWished ? new TerminalBar(process.stderr) : NO_BAR;
}

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}

async function explain(
  error: unknown,
  stderr: Output,
  signal: AbortSignal,
  isVerbose: boolean,
): Promise<ExitCode> {
  if (error instanceof OutputClosed) return EXIT.done;
  const isUnfinished = error instanceof Failure && error.code === 'unfinished';
  if (signal.aborted && !isUnfinished) {
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
  await stderr.print(failureText(failure.message, failure.remedy, failure.details));
  if (isVerbose && failure.code !== 'usage') await stderr.print(traces(failure));
  return exitCodeOf(failure.code);
}

function traces(error: unknown): string {
  const lines: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause)
    lines.push(...(at.stack ?? at.message).split('\n'));
  return lines.map((line) => `  ${printable(maskSecrets(line))}\n`).join('');
}
