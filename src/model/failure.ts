/**
 * What went wrong, by its kind; `cli/` alone turns a kind into an exit code.
 * - `failed`: could not be done; nothing was written
 * - `usage`: the command line asks for something that is not there
 * - `refused`: stopped by a check before anything was written
 * - `conflict`: the target already holds something of that name, or a saved plan no longer fits
 * - `unfinished`: a cutover or an undo has begun and not ended; the same command again ends it
 * - `interrupted`: the user stopped it
 */
export type FailureCode = 'failed' | 'usage' | 'refused' | 'conflict' | 'unfinished' | 'interrupted';

/** Something that a user can mend: what happened, and what to do about it. Never holds a secret. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly remedy: string;
  /** Lines between what happened and what to do. */
  readonly details: readonly string[];

  constructor(
    code: FailureCode,
    message: string,
    remedy: string,
    { details = [], ...options }: { cause?: unknown; details?: readonly string[] } = {},
  ) {
    super(message, options);
    this.details = details;
    this.name = 'Failure';
    this.code = code;
    this.remedy = remedy;
  }
}
