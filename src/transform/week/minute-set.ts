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
    for (let index = 0; index < this.words.length; index += 1) if (this.words[index] !== 0) return false;
    return true;
  }

  equals(other: MinuteSet): boolean {
    for (let index = 0; index < this.words.length; index += 1)
      if (this.words[index] !== other.words[index]) return false;
    return true;
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

  get size(): number {
    let sum = 0;
    for (let index = 0; index < this.words.length; index += 1) sum += ones(this.words[index] ?? 0);
    return sum;
  }

  /**
   * Adds how many there are by what each minute belongs to.
   * @param places what each minute of the period belongs to
   * @param counts by place
   */
  tally(places: Uint8Array, counts: Float64Array): void {
    for (let index = 0; index < this.words.length; index += 1) {
      const bits = this.words[index] ?? 0;
      if (bits === 0) continue;
      const first = index << 5;
      const place = places[first] ?? 0;
      // Half of the words lie within one hour.
      if (place === places[first + BITS - 1]) counts[place] = (counts[place] ?? 0) + ones(bits);
      else
        for (let word = bits; word !== 0; word &= word - 1) {
          const own = places[first + 31 - Math.clz32(word & -word)] ?? 0;
          counts[own] = (counts[own] ?? 0) + 1;
        }
    }
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
