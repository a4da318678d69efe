import { setFlagsFromString } from 'node:v8';
import { Failure } from '../model/failure.ts';
import { printable } from '../report/printable.ts';
import { maskSecrets } from '../secrets/mask.ts';
import type { Process } from './carry-out.ts';
import { parse } from './command-line.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit-code.ts';
import { failureText } from './failure-text.ts';
import { BestEffortOutput, Output, OutputClosed, PIPE_WIDTH } from './output.ts';

declare const PACKAGE_VERSION: string;

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
  // By now the part of the heap for what is young has 4 MB. Left alone it grows to 48, and is no faster.
  setFlagsFromString('--semi-space-growth-factor=1');
  // --help and --version shall not wait for a database driver to load.
  const { carryOut } = await import('./carry-out.ts');
  return carryOut(parsed, process, stdout, stderr, signal);
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
