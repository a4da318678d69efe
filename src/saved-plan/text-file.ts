import { constants } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { Failure } from '../model/failure.ts';

const MEGABYTE = 2 ** 20;

/**
 * The text of a file, or of a pipe, that the user named.
 * @param what the file, as a failure names it: `plan a.json`
 * @param remedy what to do where there is none
 * @throws Failure of code `usage` for what cannot be read
 */
export async function textOfFile(
  file: string,
  what: string,
  remedy: string,
  tooLarge: string = remedy,
): Promise<string> {
  try {
    const stats = await stat(file);
    if (stats.isDirectory()) throw new Failure('usage', `The ${what} is a folder.`, remedy);
    if (!stats.isFile() && !stats.isFIFO()) throw new Failure('usage', `The ${what} is no file.`, remedy);
    // Node.js holds no longer text, so that JSON.parse has none.
    if (stats.size > constants.MAX_STRING_LENGTH)
      throw new Failure(
        'usage',
        `The ${what} is larger than ${Math.floor(constants.MAX_STRING_LENGTH / MEGABYTE)} MB, the most that can be read.`,
        tooLarge,
      );
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Failure) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw code === 'ENOENT'
      ? new Failure('usage', `There is no ${what}.`, remedy)
      : new Failure('usage', `The ${what} cannot be read: ${code ?? message}.`, 'Check its rights.');
  }
}
