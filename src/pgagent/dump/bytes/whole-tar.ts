import { Failure } from '../../../model/failure.ts';
import type { Bytes } from './piped.ts';

const BLOCK = 512;
const SIZE_AT = 124;
const SIZE_DIGITS = 12;

/**
 * Passes a tar archive on, as long as it is whole: pg_restore (15) reads one for ever that is cut within a file.
 * @throws Failure where it is cut
 */
export async function* wholeTar(input: Bytes): Bytes {
  let header = Buffer.alloc(0);
  /** Bytes of a file, with what fills its last block, that are still to come. */
  let rest = 0;
  for await (const chunk of input) {
    for (let at = 0; at < chunk.length; ) {
      const passed = Math.min(rest, chunk.length - at);
      rest -= passed;
      at += passed;
      const part = chunk.subarray(at, at + BLOCK - header.length);
      at += part.length;
      header = Buffer.concat([header, part]);
      if (header.length < BLOCK) continue;
      rest = Math.ceil(sizeIn(header) / BLOCK) * BLOCK;
      header = Buffer.alloc(0);
    }
    yield chunk;
  }
  if (rest > 0 || header.length > 0)
    throw new Failure(
      'failed',
      'The dump ends within a file of its tar archive: it is cut.',
      'Copy or make the dump again.',
    );
}

/** In octal digits, or for eight gigabytes and more, in the last bytes after one of 0x80: POSIX, and GNU's extension. */
function sizeIn(header: Buffer): number {
  if (header[SIZE_AT] === 0x80) return Number(header.readBigUInt64BE(SIZE_AT + SIZE_DIGITS - 8));
  const digits = header.toString('latin1', SIZE_AT, SIZE_AT + SIZE_DIGITS).replace(/[\0 ]+$/, '');
  return Number.parseInt(digits, 8) || 0;
}
