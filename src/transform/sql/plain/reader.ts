import type { Node } from '../node.ts';
import { NOT_NAMES } from './not-names.ts';
import { NotPlain, type Token, tokensOf } from './tokens.ts';

/** Goes through the pieces of a text. What is asked for with "take" must be there: else the text is not plain. */
export class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  /** @throws NotPlain */
  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  /** Whether a keyword or sign comes next. */
  sees(...texts: readonly string[]): boolean {
    const token = this.#tokens[this.#at];
    return (
      token !== undefined && (token.kind === 'word' || token.kind === 'sign') && texts.includes(token.text)
    );
  }

  /** Goes on behind one of these, if it comes next. */
  skips(...texts: readonly string[]): string | null {
    return this.sees(...texts) ? this.#next().text : null;
  }

  /** @throws NotPlain */
  take(...texts: readonly string[]): void {
    for (const text of texts) if (this.skips(text) === null) throw new NotPlain();
  }

  /** The text of a string or a number, if it comes next. */
  skipsOf(kind: 'string' | 'number'): string | null {
    return this.#tokens[this.#at]?.kind === kind ? this.#next().text : null;
  }

  get seesName(): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === 'quoted' || (token?.kind === 'word' && !NOT_NAMES.has(token.text));
  }

  /** @throws NotPlain */
  takeName(): string {
    if (!this.seesName) throw new NotPlain();
    return this.#next().text;
  }

  /** `a.b.c`, up to so many parts. */
  takeNames(most: number): readonly string[] {
    const names = [this.takeName()];
    while (this.sees('.') && names.length < most) {
      this.take('.');
      names.push(this.takeName());
    }
    return names;
  }

  /** What is read once or more, with commas between. */
  takeList(read: () => Node): readonly Node[] {
    const found = [read()];
    while (this.skips(',') !== null) found.push(read());
    return found;
  }

  #next(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new NotPlain();
    this.#at += 1;
    return token;
  }
}
