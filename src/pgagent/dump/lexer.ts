import { Failure } from '../../model/failure.ts';
import type { PartListener, RowUse, StatementUse } from './parts.ts';
import { Window } from './window.ts';

const MIB = 1024 * 1024;
/** Of a row of pgAgent's own tables. */
const LONGEST_ROW = 64 * MIB;
const LONGEST_STATEMENT = MIB;
/** Of the tag of a dollar quote, and of a word: what is longer is none. */
const LONGEST_WORD = 1024;

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const QUOTE = 0x27;
const DOUBLE_QUOTE = 0x22;
const BACKSLASH = 0x5c;
const DASH = 0x2d;
const SLASH = 0x2f;
const STAR = 0x2a;
const DOLLAR = 0x24;
const OPEN = 0x28;
const CLOSE = 0x29;
const SEMICOLON = 0x3b;
const DOT = 0x2e;
const END_OF_ROWS = Buffer.from('\n\\.');

/** Of no meaning to the lexer, blank, or to be looked at. */
const ORDINARY = 0;
const BLANK = 1;
const SPECIAL = 2;
const KIND = new Uint8Array(256);
for (const blank of ' \t\n\r\f\v') KIND[blank.charCodeAt(0)] = BLANK;
for (const special of `'"\\-/$();`) KIND[special.charCodeAt(0)] = SPECIAL;

const WORD = new Uint8Array(256).map((_, byte) =>
  byte >= 0x80 || /\w/.test(String.fromCharCode(byte)) ? 1 : 0,
);
const isOfWord = (byte: number): boolean => WORD[byte] === 1;

/** What the lexer is in, with what a dump that ends there is cut in. */
const MODES = {
  code: 'a statement',
  string: 'a text in quotes',
  name: 'a name in quotes',
  dollar: 'a text in dollar quotes',
  lineComment: 'a comment',
  blockComment: 'a comment',
  command: 'a command of psql',
  restOfCopy: 'a COPY',
  skippedRows: 'the rows of a COPY',
  keptRows: 'the rows of a COPY',
} as const;

/**
 * Finds the parts of a dump in its bytes, as psql (psqlscan.l) does, in memory that does not grow with the dump: a text in
 * quotes, in a comment or in a function is no statement, and the rows of a COPY are no text.
 */
export class DumpLexer {
  /** Whether a backslash escapes in a plain text: standard_conforming_strings = off. */
  hasBackslashes = false;

  private readonly listener: PartListener;
  private readonly window = new Window();
  private mode: keyof typeof MODES = 'code';
  private isInStatement = false;
  /** Of the statement; null as long as its head is not complete. */
  private use: StatementUse | null = null;
  private parentheses = 0;
  /** BEGIN and CASE without their END. */
  private blocks = 0;
  private textBefore = '';
  private escapes = false;
  private tag: Buffer = Buffer.alloc(0);
  private comments = 0;
  private rows: RowUse = 'skip';

  constructor(listener: PartListener) {
    this.listener = listener;
  }

  /** The next bytes of the dump, which stay as they are. */
  feed(chunk: Buffer): void {
    this.window.slide(chunk);
    this.run();
  }

  /** @throws Failure where the dump ends within a part */
  end(): void {
    this.window.isLast = true;
    this.run();
    if (this.mode === 'code' && !this.isInStatement) return;
    throw new Failure(
      'failed',
      `The dump ends in line ${this.line}, within ${MODES[this.mode]}: it is cut.`,
      'Copy or make the dump again.',
    );
  }

  /** The line where the lexer stands. */
  get line(): number {
    return this.window.line();
  }

  private run(): void {
    const { window } = this;
    let at: number;
    let mode: keyof typeof MODES;
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
    for (let at = window.at; at < bytes.length; at = window.at) {
      const byte = bytes[at] as number;
      const kind = KIND[byte];
      if (kind === BLANK || (kind === ORDINARY && this.isInStatement && this.use !== 'routine')) {
        window.at = at + 1;
        continue;
      }
      const next = kind === ORDINARY ? this.word(at) : this.special(byte, at);
      // What follows is not here yet.
      if (next < 0) return;
      window.at = next;
      if (this.mode !== 'code') return;
    }
  }

  /** @returns where to go on; -1 where more of the dump has to be seen */
  private word(at: number): number {
    this.beginStatement(at);
    if (this.use !== 'routine') return at + 1;
    const end = this.endOfWord(at);
    if (end > at && this.parentheses === 0)
      this.countBlock(this.window.bytes.toString('latin1', at, end).toLowerCase());
    return end === at ? at + 1 : end;
  }

  /** Where the letters and digits from a place on end; -1 where more of the dump has to be seen. */
  private endOfWord(from: number): number {
    const { bytes } = this.window;
    let end = from;
    while (end < bytes.length && isOfWord(bytes[end] as number)) end += 1;
    return this.window.isKnown(end) || end - from > LONGEST_WORD ? end : -1;
  }

  // As psql does it, for bodies of BEGIN ATOMIC.
  private countBlock(word: string): void {
    if (word === 'begin' || (word === 'case' && this.blocks > 0)) this.blocks += 1;
    if (word === 'end' && this.blocks > 0) this.blocks -= 1;
  }

  private special(byte: number, at: number): number {
    const { window } = this;
    if ((byte === DASH || byte === SLASH) && !window.isKnown(at + 1)) return -1;
    if (byte === DASH && window.byte(at + 1) === DASH) {
      if (!this.isInStatement) window.keep(at + 2);
      return this.enter('lineComment', at + 2);
    }
    if (byte === SLASH && window.byte(at + 1) === STAR) {
      this.comments = 1;
      return this.enter('blockComment', at + 2);
    }
    if (byte === BACKSLASH && !this.isInStatement) {
      window.keep(at + 1);
      return this.enter('command', at + 1);
    }
    if (byte === SEMICOLON && !this.isInStatement) return at + 1;
    this.beginStatement(at);
    if (byte === QUOTE) {
      this.decide(at);
      this.escapes = this.hasBackslashes || this.isAfterLetterE(at);
      return this.enter('string', at + 1);
    }
    if (byte === DOUBLE_QUOTE) return this.enter('name', at + 1);
    if (byte === DOLLAR) return this.dollarTag(at);
    if (byte === OPEN) this.open(at);
    if (byte === CLOSE) this.close(at);
    if (byte === SEMICOLON && this.parentheses === 0 && this.blocks === 0) this.endStatement(at);
    return at + 1;
  }

  private enter(mode: keyof typeof MODES, at: number): number {
    this.mode = mode;
    return at;
  }

  private beginStatement(at: number): void {
    if (this.isInStatement) return;
    this.isInStatement = true;
    this.use = null;
    this.parentheses = 0;
    this.blocks = 0;
    this.window.keep(at);
  }

  private isAfterLetterE(at: number): boolean {
    const [before, letter] = [this.window.byte(at - 2), this.window.byte(at - 1)];
    return (letter | 0x20) === 0x65 && !isOfWord(before) && before !== DOLLAR;
  }

  private dollarTag(at: number): number {
    const { window } = this;
    if (isOfWord(window.byte(at - 1)) || window.byte(at - 1) === DOLLAR) return at + 1;
    const end = this.endOfWord(at + 1);
    if (end < 0) return -1;
    if (window.byte(end) !== DOLLAR || /\d/.test(String.fromCharCode(window.byte(at + 1)))) return at + 1;
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
    this.use = this.listener.statement(this.window.peek(at).toString('latin1'));
    if (this.use === 'skip' || this.use === 'routine') this.window.drop();
  }

  private endStatement(at: number): void {
    this.decide(at);
    const { window } = this;
    this.isInStatement = false;
    const rows = this.use === 'text' ? this.listener.text(window.take(at), window.keptLine) : null;
    window.drop();
    if (rows === null) return;
    this.rows = rows;
    this.mode = 'restOfCopy';
  }

  private string(): void {
    if (this.escapes) this.escapedString();
    else this.quoted(QUOTE);
  }

  private name(): void {
    this.quoted(DOUBLE_QUOTE);
  }

  private quoted(quote: number): void {
    const { window } = this;
    const found = window.bytes.indexOf(quote, window.at);
    if (found < 0) window.at = window.bytes.length;
    else this.closeQuote(found, quote);
  }

  private escapedString(): void {
    const { window } = this;
    const { bytes } = window;
    let at = window.at;
    while (at < bytes.length && bytes[at] !== QUOTE) {
      if (bytes[at] === BACKSLASH && !window.isKnown(at + 1)) break;
      at += bytes[at] === BACKSLASH ? 2 : 1;
    }
    window.at = Math.min(at, bytes.length);
    if (bytes[at] === QUOTE) this.closeQuote(at, QUOTE);
  }

  /** At a quote: two of them are one within the text. */
  private closeQuote(at: number, quote: number): void {
    const { window } = this;
    window.at = at;
    if (!window.isKnown(at + 1)) return;
    const isWithin = window.byte(at + 1) === quote;
    window.at = isWithin ? at + 2 : at + 1;
    if (!isWithin) this.mode = 'code';
  }

  private dollar(): void {
    const { window, tag } = this;
    const found = window.bytes.indexOf(tag, window.at);
    window.at = found < 0 ? Math.max(window.at, window.bytes.length - tag.length + 1) : found + tag.length;
    if (found >= 0) this.mode = 'code';
  }

  private lineComment(): void {
    const end = this.endOfLine();
    if (end < 0) return;
    if (!this.isInStatement) this.listener.comment(this.window.take(end).toString('utf8').trim());
    this.mode = 'code';
  }

  private command(): void {
    const end = this.endOfLine();
    if (end < 0) return;
    this.mode = 'code';
    this.listener.command(this.window.take(end).toString('utf8').trim());
  }

  /** Goes to the line's end; -1 where the line goes on after the window. */
  private endOfLine(): number {
    const { window } = this;
    const end = window.bytes.indexOf(NEWLINE, window.at);
    window.at = end < 0 ? window.bytes.length : end;
    return end < 0 && !window.isLast ? -1 : window.at;
  }

  private blockComment(): void {
    const { window } = this;
    const { bytes } = window;
    let at = window.at;
    while (at + 1 < bytes.length && this.comments > 0) {
      const pair = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
      if (pair === ((STAR << 8) | SLASH)) this.comments -= 1;
      if (pair === ((SLASH << 8) | STAR)) this.comments += 1;
      at += pair === ((STAR << 8) | SLASH) || pair === ((SLASH << 8) | STAR) ? 2 : 1;
    }
    window.at = at;
    if (this.comments === 0) this.mode = 'code';
  }

  private restOfCopy(): void {
    const end = this.endOfLine();
    if (end < 0) return;
    if (this.rows === 'skip') {
      // From the line's end on, which the end of the rows begins with.
      this.mode = 'skippedRows';
      return;
    }
    this.window.at = Math.min(end + 1, this.window.bytes.length);
    this.mode = 'keptRows';
    this.window.keep(this.window.at);
  }

  private skippedRows(): void {
    const { window } = this;
    const { bytes } = window;
    const found = bytes.indexOf(END_OF_ROWS, window.at);
    window.at = found < 0 ? Math.max(window.at, bytes.length - END_OF_ROWS.length + 1) : found;
    const end = found + END_OF_ROWS.length;
    if (found < 0 || !window.isKnown(end)) return;
    const after = window.byte(end);
    const isEnd = after === NEWLINE || after === RETURN;
    window.at = isEnd ? end : found + 1;
    if (isEnd) this.mode = 'code';
  }

  private keptRows(): void {
    const { window } = this;
    while (!window.isAtEnd) {
      const end = window.bytes.indexOf(NEWLINE, window.at);
      window.at = end < 0 ? window.bytes.length : end + 1;
      if (end < 0 && !window.isLast) return;
      const { keptLine } = window;
      const line = window.take(end < 0 ? window.at : end);
      const text = line.at(-1) === RETURN ? line.subarray(0, -1) : line;
      if (text.length === 2 && text[0] === BACKSLASH && text[1] === DOT) {
        this.mode = 'code';
        return;
      }
      // A last line without an end was cut.
      if (end < 0) return;
      this.listener.row(text, keptLine);
      window.keep(window.at);
    }
  }
}

function tooLong(isRow: boolean, line: number): Failure {
  return new Failure(
    'failed',
    isRow
      ? `The row in line ${line} of the dump, of pgAgent, is longer than 64 MiB.`
      : `The statement in line ${line} of the dump is longer than 1 MiB.`,
    'Check that the file is a dump of pg_dump, and make it again.',
  );
}
