import { Chalk, type ChalkInstance } from 'chalk';
import type { OnProgress } from '../model/progress.ts';
import { printable } from '../report/printable.ts';
import type { Settings } from '../session/settings.ts';
import { type Output, OutputClosed } from './output.ts';
import type { ProgressBar } from './progress-bar.ts';

/** Where a command's words go. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  /** The words of the command line. */
  readonly words: readonly string[];
  /** The options of the file that --config names; none without. */
  readonly fromFile?: Readonly<Record<string, unknown>>;
  readonly width: number;
  /** Whether the result goes to a screen, where a person reads it. */
  readonly isScreen: boolean;
  /** The width for the last line of a result, which is one line wherever no screen has to hold it. */
  readonly lastLineWidth: number;
  readonly stdoutHasColor: boolean;
  readonly stderrHasColor: boolean;
  /** Rejects unless the person at the terminal says yes; null where nobody is to be asked. */
  readonly ask: ((question: string) => Promise<void>) | null;
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

const AGAIN_MILLISECONDS = 30_000;

/** Shows how far a run is on a bar, and says what it waits for: when that changes, and again from time to time. */
export function progressOn(
  { stderr }: Terminal,
  { progress, quiet }: Pick<Settings, 'progress' | 'quiet'>,
  bar: ProgressBar,
): OnProgress {
  let last = { text: '', at: 0 };
  return (event) => {
    if (event.kind === 'note') void stderr.print(`${printable(event.text)}\n`);
    else if (event.kind !== 'waiting') bar.see(event);
    else if (progress && !quiet) {
      const at = Date.now();
      if (event.text === last.text && at - last.at < AGAIN_MILLISECONDS) return;
      last = { text: event.text, at };
      void stderr.print(`${printable(event.text)}\n`);
    }
  };
}
