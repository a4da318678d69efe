import type { Writable } from 'node:stream';

/** The reader of standard output has gone, as `| head` does. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

/** A stream that is written at the pace of its reader. */
export class Output {
  private failure: Error | null = null;
  private readonly stream: Writable;

  constructor(stream: Writable) {
    this.stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.failure = error.code === 'EPIPE' ? new OutputClosed('closed', { cause: error }) : error;
    });
  }

  /** @throws OutputClosed once nobody reads any more; any other error of the stream as it is */
  async print(text: string): Promise<void> {
    if (this.failure) throw this.failure;
    if (text === '') return;
    await new Promise<void>((done, fail) => {
      this.stream.write(text, (error) => {
        if (error)
          fail(
            this.failure ??
              ((error as NodeJS.ErrnoException).code === 'EPIPE'
                ? new OutputClosed('closed', { cause: error })
                : error),
          );
        else done();
      });
    });
  }
}
