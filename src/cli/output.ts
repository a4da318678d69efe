import type { Writable } from 'node:stream';
import { Failure } from '../model/failure.ts';

/** Columns of what is no terminal. */
export const PIPE_WIDTH = 100;

/** The reader of standard output has gone, as `| head` does. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

function asFailure(error: NodeJS.ErrnoException, name: string): Error {
  if (error.code === 'EPIPE') return new OutputClosed('closed', { cause: error });
  const what = error.code === 'ENOSPC' ? 'no space is left there' : error.message;
  return new Failure('failed', `${name} cannot be written: ${what}.`, 'Send it elsewhere.', {
    cause: error,
  });
}

/** A stream that is written at the pace of its reader. */
export class Output {
  private failure: Error | null = null;
  private readonly stream: Writable;
  private readonly name: string;
  private beforePrint: () => void = () => {};

  constructor(stream: Writable, name = 'Standard output') {
    this.stream = stream;
    this.name = name;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.failure = asFailure(error, name);
    });
  }

  /** What is to be done before each text, such as taking a progress bar off the line. */
  whenPrinting(action: () => void): void {
    this.beforePrint = action;
  }

  /** @throws OutputClosed once nobody reads any more, a Failure for any other trouble of the stream */
  async print(text: string): Promise<void> {
    if (this.failure) throw this.failure;
    if (text === '') return;
    this.beforePrint();
    await new Promise<void>((done, fail) => {
      this.stream.write(text, (error) => {
        if (error) fail(this.failure ?? asFailure(error, this.name));
        else done();
      });
    });
  }

  /** To be called once the result is whole. */
  async end(): Promise<void> {}
}

/** Standard error: a reader that has gone, or a full disk, changes nothing about the run. */
export class BestEffortOutput extends Output {
  override async print(text: string): Promise<void> {
    await super.print(text).catch(() => {});
  }
}
