import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Bytes on their way. A chunk may be overwritten once the next one is asked for. */
export type Bytes = AsyncGenerator<Buffer, void>;

/** Why a program or a transform did not do its work. */
export class PipeError extends Error {
  /** Whether there is no such program. */
  readonly isMissing: boolean;

  constructor(message: string, isMissing = false) {
    super(message);
    this.isMissing = isMissing;
  }
}

const LONGEST_MESSAGE = 2_000;

/**
 * What a program on the PATH makes of bytes.
 * @param input what it reads; null for nothing
 * @throws PipeError with the program's own words where it fails; what `input` throws
 */
export async function* throughProgram(program: string, args: readonly string[], input: Bytes | null): Bytes {
  const child = spawn(program, args, { windowsHide: true });
  const closed = once(child, 'close').catch(() => []);
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new PipeError((error as Error).message, (error as NodeJS.ErrnoException).code === 'ENOENT');
  }
  let message = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    message = (message + text).slice(0, LONGEST_MESSAGE);
  });
  let inputError: NodeJS.ErrnoException | null = null;
  const fed = pipeline(Readable.from(input === null ? [] : copies(input)), child.stdin).catch(
    (error: NodeJS.ErrnoException) => {
      // A program that has read enough closes its end.
      if (error.code === 'EPIPE') return;
      inputError = error;
      child.kill('SIGKILL');
    },
  );
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    const [code, signal] = await closed;
    await fed;
    if (inputError !== null) throw inputError;
    if (code !== 0) throw new PipeError(message.trim() || `It ended with ${code ?? signal}.`);
  } finally {
    child.kill('SIGKILL');
  }
}

/**
 * What a transform of node:zlib makes of bytes.
 * @throws PipeError where they are damaged or cut; what `input` throws
 */
export async function* throughTransform(transform: Transform, input: Bytes): Bytes {
  // Its errors are those of the transform, too.
  pipeline(Readable.from(copies(input)), transform).catch(() => {});
  try {
    yield* transform as AsyncIterable<Buffer>;
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw code.startsWith('Z') ? new PipeError(message) : error;
  } finally {
    transform.destroy();
  }
}

/** A stream asks for chunks ahead. */
async function* copies(input: Bytes): Bytes {
  for await (const chunk of input) yield Buffer.from(chunk);
}
