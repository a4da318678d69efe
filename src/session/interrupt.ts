import { Failure } from '../model/failure.ts';

/** Ctrl-C, as the run sees it: it drops the connections, except while the commit is under way or behind. */
export class Interrupt {
  private requested = false;
  private committing = false;
  private readonly actions: (() => void)[] = [];

  /** What to do at once when the user stops the run. */
  whenStopped(action: () => void): void {
    this.actions.push(action);
    if (this.requested) action();
  }

  stop(): void {
    this.requested = true;
    if (!this.committing) for (const action of this.actions) action();
  }

  /** From here on stopping cannot take anything back. */
  beginCommit(): void {
    this.check();
    this.committing = true;
  }

  /** The commit failed, so nothing is there to be taken back. */
  endCommit(): void {
    this.committing = false;
  }

  get isRequested(): boolean {
    return this.requested;
  }

  /** @throws Failure of code `interrupted` once the user has stopped the run, unless it has been committed */
  check(): void {
    if (this.requested && !this.committing) throw interrupted();
  }
}

export function interrupted(): Failure {
  return new Failure('interrupted', 'Interrupted. Nothing was written.', 'Run it again when you like.');
}
