import * as zlib from 'node:zlib';
import { decompressed, zstd } from './compressed.ts';
import { fileBytes, isFolder, isStandardInput } from './file-bytes.ts';
import { formOf, HEAD_BYTES } from './form.ts';
import { noDump } from './no-dump.ts';
import { type Bytes, throughProgram, throughTransform } from './piped.ts';
import { restored } from './restored.ts';
import { wholeTar } from './whole-tar.ts';

/** The text of a dump on its way, whatever form the dump has. */
export interface PlainText {
  readonly bytes: Bytes;
  /** Whether its lines end as those of Windows. */
  readonly hasReturns: boolean;
  /** The file that holds this very text; null where none does. */
  readonly file: string | null;
}

const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/**
 * Opens a dump: plain, in gzip, zstd or LZ4, or of pg_dump's other formats. Its bytes tell, not its name.
 * @param path `-` for standard input
 * @throws Failure for what is no dump, or needs a program that is not there
 */
export async function openPlainText(path: string): Promise<PlainText> {
  if (await isFolder(path)) return plainTextOf(restored(path), null);
  return plainTextOf(fileBytes(path), isStandardInput(path) ? null : path);
}

/** @param path of the file that has these bytes; null where none has */
async function plainTextOf(input: Bytes, path: string | null): Promise<PlainText> {
  const head = await headOf(input);
  const bytes = (): Bytes => after(head, input);
  const form = formOf(head.subarray(0, HEAD_BYTES));
  switch (form) {
    case 'plain': {
      const text = head.subarray(0, 3).equals(BYTE_ORDER_MARK) ? head.subarray(3) : head;
      return { bytes: after(text, input), hasReturns: text[text.indexOf('\n') - 1] === 0x0d, file: path };
    }
    case 'gzip':
      return plainTextOf(decompressed(form, throughTransform(zlib.createGunzip(), bytes())), null);
    case 'zstd':
      return plainTextOf(decompressed(form, zstd(bytes())), null);
    case 'lz4':
      return plainTextOf(decompressed(form, throughProgram('lz4', ['-dcq'], bytes())), null);
    case 'custom':
      if (path === null) return plainTextOf(restored(bytes()), null);
      // From the file itself pg_restore takes only what it needs.
      await input.return();
      return plainTextOf(restored(path), null);
    case 'tar':
      return plainTextOf(restored(wholeTar(bytes())), null);
    default:
      await input.return();
      throw noDump(form, path);
  }
}

/** The first bytes: HEAD_BYTES or more, or all of a shorter dump. */
async function headOf(input: Bytes): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let length = 0; length < HEAD_BYTES; ) {
    const { value, done } = await input.next();
    if (done) break;
    chunks.push(Buffer.from(value));
    length += value.length;
  }
  return Buffer.concat(chunks);
}

async function* after(head: Buffer, rest: Bytes): Bytes {
  yield head;
  yield* rest;
}
