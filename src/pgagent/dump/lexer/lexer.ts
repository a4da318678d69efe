import { Blocks } from './blocks.ts';
import { nextRow, passRows } from './copy-data.ts';
import { cutWithin, type Mode, tooLong } from './modes.ts';
import type { PartListener, RowUse, StatementUse } from './parts.ts';
import {
  endOfPlainText,
  isAfterLetterE,
  passComment,
  passDollarQuoted,
  passEscaped,
  passLine,
  passQuoted,
} from './quoted.ts';
import { endOfWord, isOfWord, KIND, ORDINARY, SIGN, SPECIAL } from './signs.ts';
import { Window } from './window.ts';

const MIB = 1024 * 1024;
/** Of a row of pgAgent's own tables. */
const LONGEST_ROW = 64 * MIB;
const LONGEST_STATEMENT = MIB;
const NOTHING = Buffer.alloc(0);

/**
 * Finds the parts of a dump in its bytes, as psql (psqlscan.l) does, in memory that does not grow with the dump: a text in
 * quotes, in a comment or in a function is no statement, and the rows of a COPY are no text.
 */
export class DumpLexer {
  /** Whether a backslash escapes in a plain text: standard_conforming_strings = off. */
  hasBackslashes = false;

  private readonly listener: PartListener;
  private readonly window = new Window();
  private mode: Mode = 'code';
  private isInStatement = false;
  /** Of the statement; null as long as its head is not complete. */
  private use: StatementUse | null = null;
  private parentheses = 0;
  private blocks = new Blocks();
  private textBefore = '';
  private escapes = false;
  private tag: Buffer = Buffer.alloc(0);
  private comments = 0;
  /** The head of the statement before and its parenthesis, where it was skipped. */
  private skipped = NOTHING;
  private rows: RowUse = 'skip';

  constructor(listener: PartListener) {
    this.listener = listener;
  }

  /** Takes the next bytes of the dump. */
  feed(chunk: Buffer): void {
    this.window.open(chunk);
    this.run();
    this.window.close();
  }

  /** @throws Failure where the dump ends within a part */
  end(): void {
    this.window.isLast = true;
    this.run();
    if (this.mode === 'code' && !this.isInStatement) return;
    throw cutWithin(this.mode, this.line);
  }

  /** The line where the lexer stands. */
  get line(): number {
    return this.window.line();
  }

  private run(): void {
    const { window } = this;
    let at: number;
    let mode: Mode;
    do {
      at = window.at;
      mode = this.mode;
      this[mode]();
    } while (!window.isAtEnd && (window.at > at || this.mode !== mode));
    const isRow = this.mode === 'keptRows' || this.use === 'groups';
    if (window.keptBytes > (isRow ? LONGEST_ROW : LONGEST_STATEMENT)) throw tooLong(isRow, window.keptLine);
  }

  private code(): void {
    const { window } = this;
    const { bytes } = window;
    let at = window.at;
    while (at < bytes.length) {
      at = this.endOfOrdinary(at);
      window.at = at;
      if (at === bytes.length) return;
      const byte = bytes[at] as number;
      const afterText =
        byte === SIGN.quote && this.use === 'skip' && !this.hasBackslashes
          ? endOfPlainText(this.window, at)
          : -1;
      if (afterText >= 0) {
        at = afterText;
        continue;
      }
      const next = KIND[byte] === ORDINARY ? this.word(at) : this.special(byte, at);
      // What follows is not here yet.
      if (next < 0) return;
      window.at = next;
      if (this.mode === 'string') this.string();
      if (this.mode !== 'code') return;
      at = window.at;
    }
  }

  /** The first place from here on that means something. */
  private endOfOrdinary(from: number): number {
    const { bytes } = this.window;
    const stopsAtWords = !this.isInStatement || this.use === 'routine';
    let at = from;
    while (at < bytes.length) {
      const kind = KIND[bytes[at] as number];
      if (kind === SPECIAL || (kind === ORDINARY && stopsAtWords)) break;
      at += 1;
    }
    return at;
  }

  /** @returns where to go on; -1 where more of the dump has to be seen */
  private word(at: number): number {
    if (!this.isInStatement && this.isAtSkipped(at)) return at + this.skipped.length;
    this.beginStatement(at);
    if (this.use !== 'routine') return at + 1;
    const end = endOfWord(this.window, at);
    if (end > at && this.parentheses === 0)
      this.blocks.add(this.window.bytes.toString('latin1', at, end).toLowerCase());
    return end === at ? at + 1 : end;
  }

  private special(byte: number, at: number): number {
    const { window } = this;
    if ((byte === SIGN.dash || byte === SIGN.slash) && !window.isKnown(at + 1)) return -1;
    if (byte === SIGN.dash && window.byte(at + 1) === SIGN.dash) {
      if (!this.isInStatement) window.keep(at + 2);
      return this.enter('lineComment', at + 2);
    }
    if (byte === SIGN.slash && window.byte(at + 1) === SIGN.star) {
      this.comments = 1;
      return this.enter('blockComment', at + 2);
    }
    if (byte === SIGN.backslash && !this.isInStatement) {
      window.keep(at + 1);
      return this.enter('command', at + 1);
    }
    if (byte === SIGN.semicolon && !this.isInStatement) return at + 1;
    this.beginStatement(at);
    if (byte === SIGN.quote) {
      this.decide(at);
      this.escapes = this.hasBackslashes || isAfterLetterE(window, at);
      return this.enter('string', at + 1);
    }
    if (byte === SIGN.doubleQuote) return this.enter('name', at + 1);
    if (byte === SIGN.dollar) return this.dollarTag(at);
    if (byte === SIGN.open) this.open(at);
    if (byte === SIGN.close) this.close(at);
    if (byte === SIGN.semicolon && this.parentheses === 0 && this.blocks.areClosed) this.endStatement(at);
    return at + 1;
  }

  private enter(mode: Mode, at: number): number {
    this.mode = mode;
    return at;
  }

  private beginStatement(at: number): void {
    if (this.isInStatement) return;
    this.isInStatement = true;
    this.use = null;
    this.parentheses = 0;
    this.blocks = new Blocks();
    this.window.keep(at);
  }

  /** Whether the statement that begins here begins as the one before, which was skipped: a dump may have millions of INSERTs. */
  private isAtSkipped(at: number): boolean {
    const { bytes } = this.window;
    const end = at + this.skipped.length;
    if (this.skipped.length === 0 || end > bytes.length) return false;
    for (let place = at; place < end; place += 1) if (bytes[place] !== this.skipped[place - at]) return false;
    this.isInStatement = true;
    this.use = 'skip';
    this.parentheses = 1;
    return true;
  }

  private dollarTag(at: number): number {
    const { window } = this;
    if (isOfWord(window.byte(at - 1)) || window.byte(at - 1) === SIGN.dollar) return at + 1;
    const end = endOfWord(window, at + 1);
    if (end < 0) return -1;
    if (window.byte(end) !== SIGN.dollar || /\d/.test(String.fromCharCode(window.byte(at + 1))))
      return at + 1;
    this.decide(at);
    this.tag = Buffer.from(window.bytes.subarray(at, end + 1));
    return this.enter('dollar', end + 1);
  }

  private open(at: number): void {
    this.parentheses += 1;
    if (this.parentheses > 1) return;
    this.decide(at);
    if (this.use !== 'groups') return;
    this.textBefore = this.window.take(at).toString('latin1');
    this.window.keep(at + 1);
  }

  private close(at: number): void {
    if (this.parentheses === 0) return;
    this.parentheses -= 1;
    if (this.parentheses > 0 || this.use !== 'groups') return;
    const { keptLine } = this.window;
    this.listener.group(this.textBefore, this.window.take(at), keptLine);
    this.window.keep(at + 1);
  }

  private decide(at: number): void {
    if (this.use !== null) return;
    const head = this.window.peek(at);
    this.use = this.listener.statement(head.toString('latin1'));
    const isRepeatable = this.use === 'skip' && this.window.byte(at) === SIGN.open;
    this.skipped = isRepeatable ? Buffer.concat([head, Buffer.of(SIGN.open)]) : NOTHING;
    if (this.use === 'skip' || this.use === 'routine') this.window.drop();
  }

  private endStatement(at: number): void {
    this.decide(at);
    const { window } = this;
    this.isInStatement = false;
    const { keptLine } = window;
    if (this.use === 'groups') this.listener.endOfGroups();
    const rows = this.use === 'text' ? this.listener.text(window.take(at), keptLine) : null;
    window.drop();
    if (rows === null) return;
    this.rows = rows;
    this.mode = 'restOfCopy';
  }

  private string(): void {
    const isEnd = this.escapes ? passEscaped(this.window) : passQuoted(this.window, SIGN.quote);
    if (isEnd) this.mode = 'code';
  }

  private name(): void {
    if (passQuoted(this.window, SIGN.doubleQuote)) this.mode = 'code';
  }

  private dollar(): void {
    if (passDollarQuoted(this.window, this.tag)) this.mode = 'code';
  }

  private blockComment(): void {
    this.comments = passComment(this.window, this.comments);
    if (this.comments === 0) this.mode = 'code';
  }

  private lineComment(): void {
    if (!passLine(this.window)) return;
    this.mode = 'code';
    if (!this.isInStatement) this.listener.comment(this.lineTaken());
  }

  private command(): void {
    if (!passLine(this.window)) return;
    this.mode = 'code';
    this.listener.command(this.lineTaken());
  }

  private lineTaken(): string {
    return this.window.take(this.window.at).toString('utf8').trim();
  }

  private restOfCopy(): void {
    const { window } = this;
    if (!passLine(window)) return;
    this.mode = this.rows === 'skip' ? 'skippedRows' : 'keptRows';
    if (this.rows === 'skip') return;
    window.at = Math.min(window.at + 1, window.bytes.length);
    window.keep(window.at);
  }

  private skippedRows(): void {
    if (passRows(this.window)) this.mode = 'code';
  }

  private keptRows(): void {
    const { window } = this;
    while (!window.isAtEnd) {
      const line = window.keptLine;
      const row = nextRow(window);
      if (row === 'end') this.mode = 'code';
      if (row === 'end' || row === null) return;
      this.listener.row(row, line);
      window.keep(window.at);
    }
  }
}
