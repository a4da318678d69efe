import type { ChalkInstance } from 'chalk';
import Table from 'cli-table3';

/** What stands in a line under a column. */
export interface Cell {
  /** Without control characters, and no wider than its column. */
  readonly text: string;
  readonly paint?: 'bold' | 'dim' | 'yellow';
}

/** Columns of the terminal between two cells. */
export const GAP = 2;

// No lines between the cells: a gap is all that parts them.
const NO_LINES = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid', 'middle']
    .flatMap((side) => [side, ...['mid', 'left', 'right'].map((end) => `${side}-${end}`)])
    .map((part) => [part, '']),
);

/** Rows of cells, each in one line, under their columns; a column without a cell in a row is empty there. */
export function aligned(
  rows: readonly (readonly (Cell | undefined)[])[],
  widths: readonly number[],
  color: ChalkInstance,
): readonly string[] {
  if (rows.length === 0) return [];
  const table = new Table({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [], compact: true },
    colWidths: widths.map((width) => width + GAP),
  });
  for (const cells of rows)
    table.push(
      widths.map((_, column) => {
        const { text, paint } = cells[column] ?? { text: '' };
        return paint === undefined ? text : color[paint](text);
      }),
    );
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}
