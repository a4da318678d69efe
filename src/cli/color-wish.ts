/** What tells whether a stream is to have colours. */
export interface ColorWish {
  /** --no-color */
  readonly isRefused: boolean;
  readonly isTerminal: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Whether a stream gets colours. --no-color wins over all; then FORCE_COLOR, as chalk and Node have it: `0` and `false`
 * are off, anything else is on, on a pipe too, whatever NO_COLOR says; then NO_COLOR (no-color.org: any value that is
 * not empty); then a terminal has them, unless it is a dumb one.
 */
export function wantsColor({ isRefused, isTerminal, environment }: ColorWish): boolean {
  const { FORCE_COLOR: force, NO_COLOR: none, TERM: kind } = environment;
  if (isRefused) return false;
  if (force !== undefined) return force !== '0' && force !== 'false';
  return isTerminal && !none && kind !== 'dumb';
}
