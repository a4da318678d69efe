import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { assertPrinted } from './documents.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/pga2timetable.js', import.meta.url));

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the built command line as a user would, without any PG* of this machine. JSON that it prints is held to its schema. */
export function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { child: ChildProcess; result: Promise<Result> } {
  const bare = Object.entries(process.env).filter(
    ([name]) => !/^PG|^(?:NO_COLOR|FORCE_COLOR|COLUMNS|NODE_OPTIONS)$/.test(name),
  );
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { ...Object.fromEntries(bare), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const result = once(child, 'close').then(([code]) => {
    const found = { code: code as number | null, stdout, stderr };
    // A test may have closed it in the middle.
    if (child.stdout.readableEnded) assertPrinted(args, found);
    return found;
  });
  return { child, result };
}

/** Runs the built command line to its end. */
export function pga2timetable(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Result> {
  return start(args, env).result;
}
