import type { Varied } from './varied.ts';

/** A text that several jobs have, and what differs from one to another. */
export interface SharedText {
  readonly template: string;
  /** How often it was said. */
  readonly count: number;
  /** The first of them. */
  readonly lines: readonly TextLine[];
  /** The names of the values that are not always the same. */
  readonly differing: ReadonlySet<string>;
}

/** What a text is about once. */
export interface TextLine {
  /** Such as a job with its step; '' for the run. */
  readonly about: string;
  readonly values: Readonly<Record<string, string>>;
}

const MOST_TEXTS = 1_000;
const MOST_LINES = 1_000;

/** Gathers texts, so that three hundred jobs with one trait make one paragraph. */
export class SharedTexts {
  private readonly found = new Map<
    string,
    SharedText & { count: number; lines: TextLine[]; differing: Set<string> }
  >();
  /** How many texts were not kept, because there were too many. */
  leftOut = 0;

  get texts(): Iterable<SharedText> {
    return this.found.values();
  }

  /** How many were said. */
  get count(): number {
    return [...this.found.values()].reduce((sum, { count }) => sum + count, this.leftOut);
  }

  add({ template, values }: Varied, about: string): void {
    const text = this.found.get(template) ?? { template, count: 0, lines: [], differing: new Set() };
    if (text.count === 0 && this.found.size >= MOST_TEXTS) {
      this.leftOut += 1;
      return;
    }
    this.found.set(template, text);
    text.count += 1;
    const first = text.lines[0]?.values ?? values;
    for (const [name, value] of Object.entries(values)) if (first[name] !== value) text.differing.add(name);
    if (text.lines.length < MOST_LINES) text.lines.push({ about, values });
  }
}
