import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../failure.ts';
import { Output } from './output.ts';

/** A result that goes to a file: it is there once it is whole, and not before. */
export class ResultFile extends Output {
  private isOver = false;
  private readonly handle: FileHandle;
  private readonly beside: string;
  private readonly file: string;

  private constructor(handle: FileHandle, beside: string, file: string) {
    super(createWriteStream('', { fd: handle, autoClose: false }), `The file ${file}`);
    this.handle = handle;
    this.beside = beside;
    this.file = file;
  }

  /**
   * Makes a file beside the one that is asked for.
   * @param mode of the file, less the umask
   * @throws Failure of code `usage` where none can be made
   */
  static async open(name: string, mode: number): Promise<ResultFile> {
    const file = await targetOf(name);
    const beside = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}`);
    try {
      return new ResultFile(await open(beside, 'wx', mode), beside, file);
    } catch (error) {
      throw notWritable(name, error);
    }
  }

  /** The result is whole: it takes its name. */
  override async end(): Promise<void> {
    try {
      await this.handle.sync();
      await this.handle.close();
      await rename(this.beside, this.file);
      this.isOver = true;
    } catch (error) {
      throw new Failure(
        'failed',
        `The file ${this.file} cannot be written: ${codeOf(error)}.`,
        'Send it elsewhere.',
        { cause: error },
      );
    }
  }

  /** Takes away what did not become whole; a result that did stays. */
  async discard(): Promise<void> {
    if (this.isOver) return;
    await this.handle.close().catch(() => {});
    await rm(this.beside, { force: true }).catch(() => {});
  }
}

// A link keeps its place, and what it leads to is replaced. Devices would be.
async function targetOf(name: string): Promise<string> {
  try {
    const file = await realpath(name);
    const stats = await stat(file);
    if (stats.isFile()) return file;
    const what = stats.isDirectory() ? 'is a folder' : 'is no file';
    throw new Failure('usage', `--output ${name} ${what}.`, 'Name a file, or leave --output out.');
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (codeOf(error) === 'ENOENT') return name;
    throw notWritable(name, error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder is not there',
  ENOTDIR: 'its folder is a file',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left there',
  ENAMETOOLONG: 'its name is too long',
};

function notWritable(name: string, error: unknown): Failure {
  const why = REASONS[codeOf(error)] ?? codeOf(error);
  return new Failure('usage', `--output ${name} cannot be written: ${why}.`, 'Name another file.', {
    cause: error,
  });
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
