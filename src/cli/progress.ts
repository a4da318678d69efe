import { printable } from '../report/printable.ts';
import type { Settings } from '../session/settings.ts';
import type { Terminal } from './terminal.ts';

const AGAIN_MILLISECONDS = 30_000;

/** Says what a run waits for: when that changes, and again from time to time. */
export class Progress {
  private last = '';
  private lastAt = 0;
  private readonly terminal: Terminal;
  private readonly isSilent: boolean;

  constructor(terminal: Terminal, { progress, quiet }: Settings) {
    this.terminal = terminal;
    this.isSilent = !progress || quiet;
  }

  async say(text: string): Promise<void> {
    const now = Date.now();
    if (this.isSilent || (text === this.last && now - this.lastAt < AGAIN_MILLISECONDS)) return;
    this.last = text;
    this.lastAt = now;
    await this.terminal.stderr.print(`${printable(text)}\n`);
  }
}
