/** A line of a text. One may be the whole of a large text, and hold thousands of secrets: it is read once for all of them. */
interface Line {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Where each mark stands on the line that was asked for. */
  readonly places: Map<string, readonly number[]>;
}

let latest: Line = { text: '', start: 0, end: 0, places: new Map() };

// A line break belongs to the line that it ends.
function lineOf(text: string, at: number): Line {
  if (text === latest.text && latest.start <= at && at <= latest.end) return latest;
  const newline = text.indexOf('\n', at);
  const end = newline === -1 ? text.length : newline;
  latest = { text, start: text.lastIndexOf('\n', at - 1) + 1, end, places: new Map() };
  return latest;
}

/** Where the line of a place ends: in front of its line break. */
export function lineEnd(text: string, start: number): number {
  const { end } = lineOf(text, start);
  return end > start && text.charAt(end - 1) === '\r' ? end - 1 : end;
}

/** How often a mark stands on the line in front of a place. */
export function countBefore(mark: string, text: string, at: number): number {
  const places = placesOf(mark, lineOf(text, at));
  let low = 0;
  for (let high = places.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? at) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How often a mark stands on the line of a place from there on. */
export function countFrom(mark: string, text: string, at: number): number {
  return placesOf(mark, lineOf(text, at)).length - countBefore(mark, text, at);
}

/** Where a mark stands last on the line of a place, even in front of the place; -1 where it does not stand there. */
export function lastOnLine(mark: string, text: string, at: number): number {
  return placesOf(mark, lineOf(text, at)).at(-1) ?? -1;
}

function placesOf(mark: string, { text, start, end, places }: Line): readonly number[] {
  const known = places.get(mark);
  if (known !== undefined) return known;
  const line = text.slice(start, end);
  const found: number[] = [];
  for (let at = line.indexOf(mark); at !== -1; at = line.indexOf(mark, at + 1)) found.push(start + at);
  places.set(mark, found);
  return found;
}
