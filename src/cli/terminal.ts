import { Chalk, type ChalkInstance } from 'chalk';
import { type Output, OutputClosed } from './output.ts';
import type { ProgressBar } from './progress-bar.ts';

/** Where a command's words go. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly width: number;
  /** The same for the last line of a result, which is one line wherever no screen has to hold it. */
  readonly lastLineWidth: number;
  readonly stdoutHasColor: boolean;
  readonly stderrHasColor: boolean;
  /** For work before the result is printed. */
  readonly bar: ProgressBar;
  /** For the printing itself: none where the result goes to a screen, or to a program that may have one. */
  readonly barBesideResult: ProgressBar;
}

export function color(isOn: boolean): ChalkInstance {
  return new Chalk({ level: isOn ? 1 : 0 });
}

/** Does the work; a reader that has gone is no failure. */
export async function unlessClosed(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof OutputClosed)) throw error;
  }
}
