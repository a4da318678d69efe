import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Process } from '../../src/cli/carry-out.ts';
import { main } from '../../src/cli/main.ts';
import { assertPrinted } from './documents.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/pga2timetable.js', import.meta.url));
const PACKAGE = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');

// The build puts it into the code.
Object.assign(globalThis, { PACKAGE_VERSION: (JSON.parse(PACKAGE) as { version: string }).version });

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Environment = Readonly<Record<string, string>>;

/** That of a user without any PG* of this machine. */
function environment(more: Environment): NodeJS.ProcessEnv {
  const bare = Object.entries(process.env).filter(
    ([name]) => !/^PG|^(?:NO_COLOR|FORCE_COLOR|COLUMNS|NODE_OPTIONS)$/.test(name),
  );
  return { ...Object.fromEntries(bare), ...more };
}

/** Starts the built command line as a user would. JSON that it prints is held to its schema. */
export function start(
  args: readonly string[],
  env: Environment = {},
): { child: ChildProcess; result: Promise<Result> } {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: environment(env),
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

/** A pipe that takes all that is written. */
class Collected extends Writable {
  text = '';
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Variables that only the command line itself reads, and neither Node nor a package. */
const IS_OURS = /^(?:COLUMNS|NO_COLOR|FORCE_COLOR|XDG_STATE_HOME)$/;

/**
 * Runs the command line to its end: in this process, which saves the start of another, unless it is given
 * variables that others read too.
 */
export async function pga2timetable(args: readonly string[], env: Environment = {}): Promise<Result> {
  if (!Object.keys(env).every((name) => IS_OURS.test(name))) return start(args, env).result;
  const stdout = new Collected();
  const stderr = new Collected();
  const code = await new Promise<number>((exit, fail) => {
    const machine = {
      argv: ['node', PROGRAM, ...args],
      env: environment(env),
      stdin: Readable.from([]),
      stdout,
      stderr,
      on: () => {},
      exit,
    };
    main(machine as unknown as Process).catch(fail);
  });
  const found = { code, stdout: stdout.text, stderr: stderr.text };
  assertPrinted(args, found);
  return found;
}
