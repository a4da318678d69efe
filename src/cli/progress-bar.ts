import type { WriteStream } from 'node:tty';
import { counted } from '../model/counted.ts';
import type { ProgressEvent } from '../model/progress.ts';

/** Milliseconds that work takes before it is worth a word. */
const PATIENCE = 1_000;
const BETWEEN_DRAWINGS = 200;
const LONGEST = 78;
const CELLS = 24;
const CLEAR = '\r\u001b[K';

/** Shows how far a run is. */
export interface ProgressBar {
  see(event: ProgressEvent): void;
  /** To be called before anything else is written on the terminal: takes the bar off its line. */
  clear(): void;
}

/** For streams that nobody looks at, and for those who do not wish it. */
export const NO_BAR: ProgressBar = { see: () => {}, clear: () => {} };

/**
 * One line at the bottom of a terminal. Nothing but a carriage return and "erase to the end of the line" is sent, so that
 * a run that is killed leaves the terminal as it was.
 */
export class TerminalBar implements ProgressBar {
  /** The stage under way, after those that it is a part of. */
  private readonly stages: Stage[] = [];
  private isDrawn = false;
  private lastDrawn = 0;
  private readonly stream: Pick<WriteStream, 'write' | 'columns'>;
  private readonly now: () => number;

  /** @param now milliseconds on a clock that never goes back */
  constructor(stream: Pick<WriteStream, 'write' | 'columns'>, now = (): number => performance.now()) {
    this.stream = stream;
    this.now = now;
  }

  see(event: ProgressEvent): void {
    if (event.kind === 'begin') {
      this.begin(event.doing, event.total);
    } else if (event.kind === 'step') {
      const stage = this.stages.at(-1);
      if (stage) stage.count.done += 1;
      this.draw();
    } else if (event.kind === 'end') {
      clearInterval(this.stages.pop()?.timer);
      this.clear();
    }
  }

  private begin(doing: string, total: (() => Promise<number>) | null): void {
    const count: Count = { doing, total: null, done: 0, begin: this.now() };
    const timer = setInterval(() => this.draw(), BETWEEN_DRAWINGS);
    timer.unref();
    this.stages.push({ count, timer });
    // A bar without a total is no reason to end a run.
    total?.().then(
      (number) => {
        count.total = number;
      },
      () => {},
    );
  }

  clear(): void {
    if (!this.isDrawn) return;
    this.isDrawn = false;
    this.stream.write(CLEAR);
  }

  private draw(): void {
    const now = this.now();
    const count = this.stages.at(-1)?.count;
    if (count?.total && count.done >= count.total) this.clear();
    else if (count !== undefined && now - count.begin >= PATIENCE && now - this.lastDrawn >= BETWEEN_DRAWINGS)
      this.drawNow(count, now);
  }

  private drawNow(count: Count, now: number): void {
    this.lastDrawn = now;
    // The last column stays free: some terminals go on to the next line after it.
    const room = Math.min(LONGEST, (this.stream.columns || LONGEST) - 1);
    this.stream.write(CLEAR + barLine(count, now - count.begin, room));
    this.isDrawn = true;
  }
}

interface Stage {
  readonly count: Count;
  readonly timer: NodeJS.Timeout;
}

/** How far work is. */
export interface Count {
  readonly doing: string;
  total: number | null;
  done: number;
  /** When it began. */
  readonly begin: number;
}

/** The bar as text of at most so many columns. */
export function barLine({ doing, total, done }: Count, elapsed: number, columns: number): string {
  const numbers = new Intl.NumberFormat('en');
  if (total === null || total === 0) return `${doing}, ${spokenTime(elapsed)}`.slice(0, columns);
  const part = Math.min(1, done / total);
  const filled = Math.floor(part * CELLS);
  const bar = ` [${'#'.repeat(filled)}${'-'.repeat(CELLS - filled)}]`;
  const counts = ` ${numbers.format(done)} of ${numbers.format(total)} jobs`;
  const left = done === 0 ? '' : `, ${spokenTime((elapsed * (total - done)) / done)} left`;
  const percent = `${Math.floor(part * 100)} %`;
  const forms = [
    doing + bar + counts + left,
    doing + counts + left,
    doing + counts,
    `${doing} ${percent}`,
    percent,
  ];
  return forms.find((form) => form.length <= columns) ?? '';
}

function spokenTime(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${minutes} min` : counted(Math.ceil(minutes / 60), 'hour');
}
