const NEWLINE = 0x0a;
const FOUR_NEWLINES = 0x0a0a0a0a;
const SHORT = 64;
/** Words after which a byte of the sum could overflow. */
const MOST_WORDS = 255;

/** The line ends between two places of a buffer: four bytes at once, since this looks at all of a dump. */
export function countLines(buffer: Buffer, from: number, to: number): number {
  if (to - from < SHORT) return oneByOne(buffer, from, to);
  const start = from + (-(buffer.byteOffset + from) & 3);
  const words = (to - start) >> 2;
  const end = start + words * 4;
  const ofWords = inWords(new Int32Array(buffer.buffer, buffer.byteOffset + start, words));
  return oneByOne(buffer, from, start) + ofWords + oneByOne(buffer, end, to);
}

// Henry S. Warren, "Hacker's Delight", 6-1: a byte that is zero becomes 0x80, any other 0.
function inWords(words: Int32Array): number {
  let lines = 0;
  for (let at = 0; at < words.length; ) {
    let sums = 0;
    for (const end = Math.min(words.length, at + MOST_WORDS); at < end; at += 1) {
      const word = (words[at] as number) ^ FOUR_NEWLINES;
      sums += ~(((word & 0x7f7f7f7f) + 0x7f7f7f7f) | word | 0x7f7f7f7f) >>> 7;
    }
    lines += (sums & 255) + ((sums >>> 8) & 255) + ((sums >>> 16) & 255) + (sums >>> 24);
  }
  return lines;
}

function oneByOne(buffer: Buffer, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; at += 1) if (buffer[at] === NEWLINE) lines += 1;
  return lines;
}
