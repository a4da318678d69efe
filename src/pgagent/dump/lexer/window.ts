import { countLines } from './count-lines.ts';

const NEWLINE = 0x0a;

/** The part of a dump that is in memory, with a place in it, and what is kept from before that place. */
export class Window {
  bytes: Buffer = Buffer.alloc(0);
  /** Where the reader stands. */
  at = 0;
  /** Whether nothing follows. */
  isLast = false;
  /** The two bytes before the window. */
  private before: readonly [number, number] = [NEWLINE, NEWLINE];
  /** What is kept of earlier windows, and where it begins in this one; -1 for nothing. */
  private kept: Buffer[] = [];
  private keptBefore = 0;
  private keptFrom = -1;
  /** The line in which what is kept begins; 0 where that is still to be counted. */
  private lineOfKept = 0;
  private linesBefore = 0;
  private countedTo = 0;

  /** Goes on to the next bytes, after those that the reader has not passed. */
  open(chunk: Buffer): void {
    this.bytes = this.bytes.length === 0 ? chunk : Buffer.concat([this.bytes, chunk]);
  }

  /** Keeps what is still needed, in memory of its own: somebody else may write over the bytes of `open` from now on. */
  close(): void {
    if (this.keptFrom >= 0) this.lineOfKept = this.keptLine;
    this.line();
    if (this.keptFrom >= 0) {
      this.kept.push(Buffer.from(this.bytes.subarray(this.keptFrom, this.at)));
      this.keptBefore += this.at - this.keptFrom;
      this.keptFrom = 0;
    }
    if (this.at > 0) this.before = [this.byte(this.at - 2), this.byte(this.at - 1)];
    this.bytes = Buffer.from(this.bytes.subarray(this.at));
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
    this.lineOfKept = 0;
  }

  /** The line in which what is kept begins. */
  get keptLine(): number {
    return this.lineOfKept || this.line(this.keptFrom);
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
