const BITS = 32;

/** Some of the minutes of a period, counted from its start: a bit each. */
export class MinuteSet {
  private readonly words: Uint32Array;

  /** @param minutes of the period */
  constructor(minutes: number) {
    this.words = new Uint32Array(Math.ceil(minutes / BITS));
  }

  add(minute: number): void {
    const word = minute >>> 5;
    this.words[word] = (this.words[word] ?? 0) | (1 << (minute & 31));
  }

  has(minute: number): boolean {
    return ((this.words[minute >>> 5] ?? 0) & (1 << (minute & 31))) !== 0;
  }

  get isEmpty(): boolean {
    return this.words.every((word) => word === 0);
  }

  equals(other: MinuteSet): boolean {
    return this.words.every((word, index) => word === other.words[index]);
  }

  /** Takes in the minutes of another one, and says which of them it had already. */
  merge(other: MinuteSet, common: MinuteSet): void {
    for (let index = 0; index < this.words.length; index += 1) {
      const own = this.words[index] ?? 0;
      const word = other.words[index] ?? 0;
      common.words[index] = (common.words[index] ?? 0) | (own & word);
      this.words[index] = own | word;
    }
  }

  without(other: MinuteSet): MinuteSet {
    const left = new MinuteSet(this.words.length * BITS);
    for (let index = 0; index < this.words.length; index += 1)
      left.words[index] = (this.words[index] ?? 0) & ~(other.words[index] ?? 0);
    return left;
  }

  /** How many there are from a minute on and before another. */
  count(from: number, to: number): number {
    let sum = 0;
    for (let index = from >>> 5; index << 5 < to; index += 1) {
      let word = this.words[index] ?? 0;
      const start = index << 5;
      if (start < from) word &= -1 << (from - start);
      if (start + BITS > to) word &= (1 << (to - start)) - 1;
      sum += ones(word);
    }
    return sum;
  }

  /** Calls with each of them, ascending. */
  forEach(see: (minute: number) => void): void {
    for (let index = 0; index < this.words.length; index += 1) {
      for (let word = this.words[index] ?? 0; word !== 0; word &= word - 1)
        see((index << 5) + 31 - Math.clz32(word & -word));
    }
  }
}

/** How many bits of a word are set. */
function ones(word: number): number {
  let sum = word - ((word >>> 1) & 0x55555555);
  sum = (sum & 0x33333333) + ((sum >>> 2) & 0x33333333);
  return Math.imul((sum + (sum >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
