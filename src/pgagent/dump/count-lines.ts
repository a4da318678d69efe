/** The line ends between two places of a buffer. */
export function countLines(buffer: Buffer, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; at += 1) if (buffer[at] === 0x0a) lines += 1;
  return lines;
}
