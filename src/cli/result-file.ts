import { randomBytes } from 'node:crypto';
import { type FileHandle, lstat, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { Failure } from '../model/failure.ts';
import { Output } from './output.ts';
import { takeFreeName } from './take-free-name.ts';

/** A result that goes to a file: it is there once it is whole, and not before. */
export class ResultFile extends Output {
  private isOver = false;
  private readonly handle: FileHandle;
  private readonly beside: string;
  private readonly place: Place;

  private constructor(handle: FileHandle, beside: string, place: Place) {
    super(streamTo(handle), `The file ${place.file}`);
    this.handle = handle;
    this.beside = beside;
    this.place = place;
  }

  /**
   * Makes a file beside the one that is asked for.
   * @param mode of the file, less the umask; where it replaces one, less what that one did not allow
   * @param mayReplace whether a file of that name may be there already
   * @throws Failure of code `usage` where none can be made, or one is there
   */
  static async open(name: string, mode: number, mayReplace: boolean): Promise<ResultFile> {
    const place = await placeOf(name, mayReplace);
    const { file } = place;
    const beside = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}`);
    try {
      return new ResultFile(await open(beside, 'wx', mode & place.mode), beside, place);
    } catch (error) {
      throw notWritable(name, error);
    }
  }

  /**
   * The result is whole: it takes its name.
   * @throws Failure of code `usage` where a file of that name came while the run was on
   */
  override async end(): Promise<void> {
    const { file, mayReplace } = this.place;
    try {
      await this.handle.sync();
      await this.handle.close();
      if (mayReplace) await rename(this.beside, file);
      else if (!(await takeFreeName(this.beside, file))) throw isThere(file);
      this.isOver = true;
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Failure(
        'failed',
        `The file ${file} cannot be written: ${reason(error)}.`,
        'Send it elsewhere.',
        {
          cause: error,
        },
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

// After an error a stream of node:fs never lets its handle be closed, and the run never ends.
function streamTo(handle: FileHandle): Writable {
  return new Writable({
    decodeStrings: false,
    write: (text, _encoding, done) => {
      handle.appendFile(text).then(() => done(), done);
    },
  });
}

/** Where a result goes. */
interface Place {
  readonly file: string;
  readonly mayReplace: boolean;
  /** What the new file may allow at the most. */
  readonly mode: number;
}

const ANY_MODE = 0o777;

// A link keeps its place, and what it leads to is replaced. Devices and pipes would be too.
async function placeOf(name: string, mayReplace: boolean): Promise<Place> {
  if (/[/\\]$/.test(name))
    throw new Failure('usage', `--output ${name} names a folder.`, 'Name a file, or leave --output out.');
  try {
    // Before its path: /dev/stdout leads to what has none.
    const stats = await stat(name);
    if (!stats.isFile()) {
      const what = stats.isDirectory() ? 'is a folder' : 'is no file';
      throw new Failure('usage', `--output ${name} ${what}.`, 'Name a file, or leave --output out.');
    }
    if (!mayReplace) throw isThere(name);
    return { file: await realpath(name), mayReplace, mode: stats.mode };
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (codeOf(error) !== 'ENOENT') throw notWritable(name, error);
    if (await isLink(name))
      throw mayReplace
        ? new Failure('usage', `--output ${name} is a link that leads nowhere.`, 'Name the file itself.')
        : isThere(name);
    return { file: name, mayReplace, mode: ANY_MODE };
  }
}

// One that leads nowhere, as it turned out.
async function isLink(name: string): Promise<boolean> {
  return lstat(name).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );
}

function isThere(name: string): Failure {
  return new Failure(
    'usage',
    `--output ${name} is there already.`,
    'Name another file, or add --overwrite to replace it.',
  );
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder is not there',
  ENOTDIR: 'its folder is a file',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left there',
  EDQUOT: 'your quota there is used up',
  ENAMETOOLONG: 'its name is too long',
};

function notWritable(name: string, error: unknown): Failure {
  return new Failure('usage', `--output ${name} cannot be written: ${reason(error)}.`, 'Name another file.', {
    cause: error,
  });
}

function reason(error: unknown): string {
  return REASONS[codeOf(error)] ?? codeOf(error);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
