import { close, fstatSync, open, read } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { isatty } from 'node:tty';
import { promisify } from 'node:util';
import { Failure } from '../../../model/failure.ts';
import { shellWord } from '../../../model/shell-word.ts';
import type { Bytes } from './piped.ts';

const CHUNK = 1024 * 1024;
const STANDARD_INPUT = 0;

/** Standard input, by `-`. */
export const isStandardInput = (path: string): boolean => path === '-';

/**
 * Whether a dump is a folder.
 * @throws Failure of code `usage` where there is no such file
 */
export async function isFolder(path: string): Promise<boolean> {
  if (isStandardInput(path)) return false;
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw unreadable(error, path);
  }
}

/**
 * The bytes of a file, or of standard input. A chunk is overwritten once the next one is asked for.
 * @throws Failure of code `usage` for what cannot be read
 */
export async function* fileBytes(path: string): Bytes {
  if (isStandardInput(path) && isatty(STANDARD_INPUT))
    throw new Failure(
      'usage',
      'Standard input is a terminal, so there is no dump in it.',
      'Use a pipe: pg_dump --schema=pgagent ... | pga2timetable --dump -',
    );
  try {
    yield* isStandardInput(path) ? standardInput() : fileOf(path);
  } catch (error) {
    throw error instanceof Failure ? error : unreadable(error, path);
  }
}

// A read from a pipe by node:fs keeps the process from ending until something comes.
async function* standardInput(): Bytes {
  const stats = fstatSync(STANDARD_INPUT);
  if (stats.isFIFO() || stats.isSocket())
    yield* new Socket({ fd: STANDARD_INPUT, readable: true, writable: false }) as AsyncIterable<Buffer>;
  else yield* descriptorBytes(STANDARD_INPUT);
}

async function* fileOf(path: string): Bytes {
  const descriptor = await promisify(open)(path, 'r');
  try {
    yield* descriptorBytes(descriptor);
  } finally {
    await promisify(close)(descriptor);
  }
}

/** Reads ahead while a chunk is looked at. Two buffers for all chunks: new ones for gigabytes keep the garbage collector busy. */
async function* descriptorBytes(descriptor: number): Bytes {
  const into = promisify(read);
  const buffers = [Buffer.allocUnsafeSlow(CHUNK), Buffer.allocUnsafeSlow(CHUNK)] as const;
  const next = (turn: number): Promise<{ bytesRead: number; buffer: Buffer }> =>
    into(descriptor, turn % 2 === 0 ? buffers[0] : buffers[1], 0, CHUNK, null);
  let reading = next(0);
  try {
    for (let turn = 1; ; turn += 1) {
      const { bytesRead, buffer } = await reading;
      if (bytesRead === 0) return;
      reading = next(turn);
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await reading.catch(() => {});
  }
}

function unreadable(error: unknown, path: string): Failure {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOENT'
    ? new Failure('usage', `There is no dump ${shellWord(path)}.`, 'Check the path after --dump.')
    : new Failure(
        'usage',
        `The dump ${shellWord(path)} cannot be read: ${code ?? message}.`,
        'Check its rights.',
      );
}
