import { fstatSync } from 'node:fs';
import type { DumpSettings, LiveSettings, Settings } from '../session/settings.ts';
import { wantsColor } from './color-wish.ts';
import type { Parsed } from './command-line.ts';
import type { Command } from './command-names.ts';
import { migrate } from './commands/migrate.ts';
import { undo } from './commands/undo.ts';
import { verify } from './commands/verify.ts';
import type { ExitCode } from './exit-code.ts';
import { needsLive } from './needs-live.ts';
import { optionsOfFile } from './options-file.ts';
import { type Output, PIPE_WIDTH } from './output.ts';
import { withPlannedOptions } from './planned-options.ts';
import { NO_BAR, type ProgressBar, TerminalBar } from './progress-bar.ts';
import { confirm } from './question.ts';
import { readSettings } from './read-settings.ts';
import { ResultFile } from './result-file.ts';
import type { Terminal } from './terminal.ts';

/** What the command line uses of its process. */
export type Process = Pick<NodeJS.Process, 'argv' | 'env' | 'stdin' | 'stdout' | 'stderr'> & {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  exit(code: number): void;
};

type Run<From = LiveSettings | DumpSettings> = (
  settings: From,
  terminal: Terminal,
  signal: AbortSignal,
) => Promise<ExitCode>;

const COMMANDS: Readonly<Record<Command, Run>> = {
  migrate,
  verify: onlyLive('verify', verify),
  undo: onlyLive('undo', undo),
};

function onlyLive(command: Command, run: Run<LiveSettings>): Run {
  return async (settings, terminal, signal) => {
    if (settings.from === 'dump') throw needsLive(command);
    return run(settings, terminal, signal);
  };
}

/** Carries out a command with the options that were given. */
export async function carryOut(
  parsed: Extract<Parsed, { readonly kind: 'options' }>,
  process: Process,
  stdout: Output,
  stderr: Output,
  signal: AbortSignal,
): Promise<ExitCode> {
  const fromFile = await optionsOfFile(parsed.options, parsed.command);
  const { options, savedPlan, given } = await withPlannedOptions(parsed.options, fromFile, process.env);
  const settings = readSettings(parsed.command, options, process.env, savedPlan, given);
  const run = COMMANDS[parsed.command];
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
