import * as zlib from 'node:zlib';
import { Failure } from '../../../model/failure.ts';
import { type Bytes, PipeError, throughProgram, throughTransform } from './piped.ts';

/** What zstd compressed, by Node.js where it can (since 22.15). */
export function zstd(input: Bytes): Bytes {
  const { createZstdDecompress } = zlib as unknown as { createZstdDecompress?: typeof zlib.createGunzip };
  return createZstdDecompress === undefined
    ? throughProgram('zstd', ['-dcq'], input)
    : throughTransform(createZstdDecompress(), input);
}

/**
 * The same bytes, with failures in plain words.
 * @throws Failure where they are cut or damaged, or there is no program for them
 */
export async function* decompressed(program: 'gzip' | 'zstd' | 'lz4', bytes: Bytes): Bytes {
  try {
    yield* bytes;
  } catch (error) {
    if (!(error instanceof PipeError)) throw error;
    throw error.isMissing
      ? new Failure(
          'failed',
          `The dump is compressed, and there is no program ${program} on the PATH.`,
          `Install ${program}.`,
        )
      : new Failure(
          'failed',
          `The dump is cut or damaged: it cannot be decompressed (${error.message}).`,
          'Copy or make the dump again.',
        );
  }
}
