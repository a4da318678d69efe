import type { ChalkInstance } from 'chalk';
import { widthOf } from './width.ts';

/** What stands in a line under a column. */
export interface Cell {
  /** Without control characters, and no wider than its column. */
  readonly text: string;
  readonly paint?: 'bold' | 'dim' | 'yellow';
}

/** Columns of the terminal between two cells. */
export const GAP = 2;

/** Cells in a line, each under its column, with nothing but blanks between them. */
export function aligned(
  cells: readonly (Cell | undefined)[],
  widths: readonly number[],
  color: ChalkInstance,
): string {
  const last = cells.findLastIndex((cell) => cell !== undefined && cell.text !== '');
  return cells
    .slice(0, last + 1)
    .map(({ text, paint } = { text: '' }, column) => {
      const shown = paint === undefined ? text : color[paint](text);
      const blanks = column === last ? 0 : (widths[column] ?? 0) + GAP - widthOf(text);
      return shown + ' '.repeat(Math.max(0, blanks));
    })
    .join('');
}
