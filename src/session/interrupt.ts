import { Failure } from '../model/failure.ts';

/** The user's wish to stop, as a run sees it: it drops the connections, except during the commit and after it. */
export class Interrupt {
  private committing = false;
  private readonly actions: (() => void)[] = [];
  private readonly signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.signal = signal;
    signal.addEventListener('abort', () => {
      if (this.isStopped) for (const action of this.actions) action();
    });
  }

  /** What to do at once when the user stops the run. */
  whenStopped(action: () => void): void {
    this.actions.push(action);
    if (this.isStopped) action();
  }

  /** From here on stopping cannot undo anything. */
  beginCommit(): void {
    this.check();
    this.committing = true;
  }

  /** The commit failed, so there is nothing to undo. */
  endCommit(): void {
    this.committing = false;
  }

  /** Whether the user has stopped the run, and not while it commits or after that. */
  get isStopped(): boolean {
    return this.signal.aborted && !this.committing;
  }

  /** @throws Failure of code `interrupted` once the user has stopped the run, unless it has been committed */
  check(): void {
    if (this.isStopped) throw interrupted();
  }
}

export function interrupted(): Failure {
  return new Failure('interrupted', 'Interrupted. Nothing was written.', 'Run it again when you like.');
}

/**
 * Does work that can be stopped.
 * @throws Failure of code `interrupted` where it was, and had committed nothing; else what the work throws
 */
export async function interruptible<T>(
  signal: AbortSignal,
  work: (interrupt: Interrupt) => Promise<T>,
): Promise<T> {
  try {
    return await work(new Interrupt(signal));
  } catch (error) {
    // The connections that it drops fail in their own words.
    const isUnfinished = error instanceof Failure && error.code === 'unfinished';
    throw signal.aborted && !isUnfinished ? interrupted() : error;
  }
}
