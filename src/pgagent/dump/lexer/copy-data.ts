import type { Window } from './window.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const END_OF_ROWS = Buffer.from('\\.');
const END_AFTER_LINE = Buffer.from('\n\\.');

/**
 * Goes past the rows of a COPY, from the end of its line on, at the speed of a search.
 * @returns whether their end was there
 */
export function passRows(window: Window): boolean {
  const { bytes } = window;
  const begun = [-2, -1].find((at) => beginsBefore(window, at));
  const found = begun ?? bytes.indexOf(END_AFTER_LINE, window.at);
  if (begun === undefined && found < 0) {
    window.at = bytes.length;
    return false;
  }
  const end = found + END_AFTER_LINE.length;
  window.at = Math.max(found, 0);
  if (!window.isKnown(end)) return false;
  window.at = end;
  return window.byte(end) === NEWLINE || window.byte(end) === RETURN;
}

/** Whether the end of the rows begins at one of the two bytes before the window. */
function beginsBefore(window: Window, at: number): boolean {
  return window.at === 0 && END_AFTER_LINE.every((byte, index) => window.byte(at + index) === byte);
}

/** The next row of a COPY, which the window keeps from its begin on; 'end' after the last one, null where it is not all there. */
export function nextRow(window: Window): Buffer | 'end' | null {
  const end = window.bytes.indexOf(NEWLINE, window.at);
  window.at = end < 0 ? window.bytes.length : end + 1;
  if (end < 0 && !window.isLast) return null;
  const line = window.take(end < 0 ? window.at : end);
  // A return within a value is written as \r.
  const row = line.at(-1) === RETURN ? line.subarray(0, -1) : line;
  if (row.equals(END_OF_ROWS)) return 'end';
  // A last line without an end was cut.
  return end < 0 ? null : row;
}
