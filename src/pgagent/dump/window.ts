import { countLines } from './count-lines.ts';

const NEWLINE = 0x0a;

/** The part of a dump that is in memory, with a place in it, and what is kept from before that place. */
export class Window {
  bytes: Buffer = Buffer.alloc(0);
  /** Where the reader stands. */
  at = 0;
  /** Whether nothing follows. */
  isLast = false;
  /** The line in which what is kept begins. */
  keptLine = 0;

  /** The two bytes before the window. */
  private before: readonly [number, number] = [NEWLINE, NEWLINE];
  /** What is kept of earlier windows, and where it begins in this one; -1 for nothing. */
  private kept: Buffer[] = [];
  private keptBefore = 0;
  private keptFrom = -1;
  private linesBefore = 0;
  private countedTo = 0;

  /** Goes on to the next bytes, which must stay as they are. What the reader has not passed stays in the window. */
  slide(chunk: Buffer): void {
    this.line();
    const rest = this.bytes.subarray(this.at);
    if (this.keptFrom >= 0) {
      this.kept.push(this.bytes.subarray(this.keptFrom, this.at));
      this.keptBefore += this.at - this.keptFrom;
      this.keptFrom = 0;
    }
    if (this.at > 0) this.before = [this.byte(this.at - 2), this.byte(this.at - 1)];
    this.bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    this.at = 0;
    this.countedTo = 0;
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  /** Whether the byte at a place is here, or will never be. */
  isKnown(at: number): boolean {
    return at < this.bytes.length || this.isLast;
  }

  /** The byte at a place, which may be the last two before the window; a newline where there is none. */
  byte(at: number): number {
    return (at < 0 ? this.before[at + 2] : this.bytes[at]) ?? NEWLINE;
  }

  /** The line of a place, from 1 on. */
  line(at = this.at): number {
    if (at >= this.countedTo) this.linesBefore += countLines(this.bytes, this.countedTo, at);
    else this.linesBefore -= countLines(this.bytes, at, this.countedTo);
    this.countedTo = at;
    return this.linesBefore + 1;
  }

  /** Keeps what follows from a place on. */
  keep(from: number): void {
    this.drop();
    this.keptFrom = from;
    this.keptLine = this.line(from);
  }

  /** How much is kept up to where the reader stands. */
  get keptBytes(): number {
    return this.keptFrom < 0 ? 0 : this.keptBefore + this.at - this.keptFrom;
  }

  /** What was kept up to a place, and still is. */
  peek(to: number): Buffer {
    const last = this.bytes.subarray(this.keptFrom, to);
    return this.kept.length === 0 ? last : Buffer.concat([...this.kept, last]);
  }

  /** What was kept up to a place; nothing is from there on. */
  take(to: number): Buffer {
    const all = this.peek(to);
    this.drop();
    return all;
  }

  drop(): void {
    this.kept = [];
    this.keptBefore = 0;
    this.keptFrom = -1;
  }
}
