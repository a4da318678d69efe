import type { BusyMinutes } from '../../model/week-picture.ts';
import type { Line, Lines } from './lines.ts';
import { minuteText, type Period } from './period.ts';

const MOST_SHOWN = 10;
const MOST_NAMES = 200;

/** Counts the chains that start in each minute of a period. */
export class Starts {
  private readonly namesOf = new Map<Line, string[]>();
  private readonly lines: Lines;
  private readonly period: Period;

  constructor(lines: Lines, period: Period) {
    this.lines = lines;
    this.period = period;
  }

  add(line: Line, chainName: string): void {
    const names = this.namesOf.get(line);
    if (names === undefined) this.namesOf.set(line, [chainName]);
    else names.push(chainName);
  }

  /** The minutes in which most chains start, those of the same chains as one; none where no two start together. */
  busiest(): readonly BusyMinutes[] {
    const groups = new Map<string, { first: number; minutes: number; starts: number }>();
    const { starts, traces } = this.count();
    for (const [minute, count] of starts.entries()) {
      if (count < 2) continue;
      const key = traces.map((trace) => trace[minute]).join();
      const group = groups.get(key);
      if (group) group.minutes += 1;
      else groups.set(key, { first: minute, minutes: 1, starts: count });
    }
    return [...groups.values()]
      .sort((a, b) => b.starts - a.starts || a.first - b.first)
      .slice(0, MOST_SHOWN)
      .map(({ first, ...rest }) => ({
        first: minuteText(this.period, first),
        ...rest,
        chainNames: this.namesAt(first),
      }));
  }

  private count(): { readonly starts: Uint32Array; readonly traces: readonly Uint32Array[] } {
    const starts = new Uint32Array(this.period.minutes);
    // Minutes of the same lines have the same sums of numbers that are drawn from the lines.
    const traces = [starts, new Uint32Array(starts.length), new Uint32Array(starts.length)];
    const [, one = starts, other = starts] = traces;
    for (const [line, { length }] of this.namesOf) {
      const [trace, second] = [mixed(line.number + 1), mixed(~line.number)];
      this.lines.minutesOf(line).forEach((minute) => {
        starts[minute] = (starts[minute] ?? 0) + length;
        one[minute] = (one[minute] ?? 0) + trace;
        other[minute] = (other[minute] ?? 0) + second;
      });
    }
    return { starts, traces };
  }

  private namesAt(minute: number): readonly string[] {
    const names: string[] = [];
    for (const [line, some] of this.namesOf) {
      if (names.length >= MOST_NAMES) break;
      if (this.lines.minutesOf(line).has(minute)) names.push(...some.slice(0, MOST_NAMES - names.length));
    }
    return names;
  }
}

/** A number of 32 bits that looks like none of its neighbours'. */
function mixed(number: number): number {
  let value = Math.imul(number ^ (number >>> 16), 0x45d9f3b);
  value = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  return (value ^ (value >>> 16)) >>> 0;
}
