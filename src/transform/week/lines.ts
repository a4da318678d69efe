import type { Piece } from '../schedule/firing-set.ts';
import type { Scheduler } from './firing-minutes.ts';
import type { MinuteSet } from './minute-set.ts';

/** Minute sets kept; each takes five kilobytes for four weeks. */
const MOST_KEPT = 4_000;

/** One distinct line of a scheduler. */
export interface Line {
  readonly piece: Piece;
  /** Its place among the lines. */
  readonly number: number;
}

/** The distinct lines of one scheduler: thousands of schedules say the same few things. */
export class Lines {
  private readonly known = new Map<string, Line>();
  private readonly sets = new Map<Line, MinuteSet>();
  private readonly scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.scheduler = scheduler;
  }

  /** @param key the same for the same piece */
  line(key: string, read: () => Piece | null): Line | null {
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const piece = read();
    if (piece === null) return null;
    const line = { piece, number: this.known.size };
    this.known.set(key, line);
    return line;
  }

  /** Not to be changed by the caller. */
  minutesOf(line: Line): MinuteSet {
    const kept = this.sets.get(line);
    if (kept !== undefined) return kept;
    const set = this.scheduler.minutesOf(line.piece);
    if (this.sets.size < MOST_KEPT) this.sets.set(line, set);
    return set;
  }
}
