import { isUtf8 } from 'node:buffer';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a program ended: `failure` is null for exit status 0. */
export interface ProgramEnd {
  /** The bytes themselves where they are no UTF-8. */
  readonly output: string | Buffer;
  readonly failure: string | null;
}

/** Both ends of a pipe. Node has none to give to a child as two of its streams, so a named one lends its ends. */
function makePipe(): { reader: number; writer: number } {
  const folder = mkdtempSync(join(tmpdir(), 'stand-in-'));
  try {
    const name = join(folder, 'output');
    execFileSync('mkfifo', [name]);
    const reader = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
    return { reader, writer: openSync(name, constants.O_WRONLY) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Everything written to a pipe until its last writer has closed it. */
function readAll(reader: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const pipe = new Socket({ fd: reader, readable: true, writable: false });
  return new Promise((done, fail) => {
    pipe.on('data', (chunk: Buffer) => chunks.push(chunk));
    pipe.once('error', fail);
    pipe.once('close', () => done(Buffer.concat(chunks)));
  });
}

function ended(child: ChildProcess, command: string): Promise<string | null> {
  return new Promise((done) => {
    // Node says EACCES of a program that is nowhere, if this user may not look into a folder of the PATH.
    child.once('error', ({ message }) =>
      done(command.includes('/') ? message : message.replace('EACCES', 'ENOENT')),
    );
    child.once('exit', (status, signal) => {
      if (signal) done(`ended by ${signal}`);
      else done(status === 0 ? null : `exit status ${status}`);
    });
  });
}

/**
 * Runs a program once, without a shell: no input, both streams in one output, which is waited for to its end.
 * @param started is handed the process, to end it early
 */
export async function runProgram(
  command: string,
  programArguments: readonly string[],
  env: NodeJS.ProcessEnv,
  started: (child: ChildProcess) => void,
): Promise<ProgramEnd> {
  const { reader, writer } = makePipe();
  const output = readAll(reader);
  let failure: Promise<string | null>;
  try {
    const child = spawn(command, programArguments, { stdio: ['ignore', writer, writer], env });
    started(child);
    failure = ended(child, command);
  } catch (error) {
    failure = Promise.resolve(error instanceof Error ? error.message : String(error));
  } finally {
    closeSync(writer);
  }
  const bytes = await output;
  return { output: isUtf8(bytes) ? bytes.toString('utf8').trim() : bytes, failure: await failure };
}
