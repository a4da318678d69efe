/**
 * Keeps what was read out of the first texts, as long as those together are no longer than a bound. Nothing is driven
 * out: passes that go over more than that would each drive out what the next one needs.
 */
export class Remembered<Read> {
  readonly #kept = new Map<string, Read>();
  #room: number;

  /** @param most characters of all texts together */
  constructor(most: number) {
    this.#room = most;
  }

  /** What was read out of a text, or is now. */
  of(text: string, read: (text: string) => Read): Read {
    const known = this.#kept.get(text);
    if (known !== undefined) return known;
    const value = read(text);
    if (text.length <= this.#room) {
      this.#room -= text.length;
      this.#kept.set(text, value);
    }
    return value;
  }
}
