/** The blocks of a function of standard SQL, in which a semicolon ends no statement, as psql counts them. */
export class Blocks {
  private open = 0;
  private before = '';

  /** The next word outside of parentheses, in lower case. */
  add(word: string): void {
    // Unlike psql: a column may be called begin.
    const isBegin = this.open === 0 && this.before === 'begin' && word === 'atomic';
    if (isBegin || (this.open > 0 && word === 'case')) this.open += 1;
    if (this.open > 0 && word === 'end') this.open -= 1;
    this.before = word;
  }

  get areClosed(): boolean {
    return this.open === 0;
  }
}
