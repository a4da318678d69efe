import type { ChalkInstance } from 'chalk';
import Table from 'cli-table3';

import { fold } from './fold.ts';

/** A column of the table of chains. */
export interface Column {
  readonly name: 'id' | 'job' | 'chain' | 'run_at' | 'in words' | 'client' | 'live' | 'tasks';
  /** In columns of the terminal. */
  readonly width: number;
}

/** What stands in a row under a column. */
export interface Cell {
  /** Without control characters. */
  readonly text: string;
  readonly paint?: 'dim' | 'yellow';
}

const ID_WIDTH = 7;
const LIVE_WIDTH = 4;
const TASKS_WIDTH = 5;
const GAP = 2;
const WIDEST_TABLE = 140;
const WIDEST_TABLE_WITH_WORDS = 220;

/**
 * The columns for a terminal; the chain's name takes what the others leave.
 * @param hasIds whether the chains have ids already
 * @param hasWords whether the schedule stands there in words too
 */
export function columnsFor(terminal: number, hasIds: boolean, hasWords: boolean): readonly Column[] {
  const ids: readonly Column[] = [
    ...(hasIds ? [{ name: 'id', width: ID_WIDTH } as const] : []),
    { name: 'job', width: ID_WIDTH },
  ];
  const ends: readonly Column[] = [
    { name: 'live', width: LIVE_WIDTH },
    { name: 'tasks', width: TASKS_WIDTH },
  ];
  const fixed = [...ids, ...ends].reduce((sum, { width }) => sum + width + GAP, 0);
  const room = Math.min(terminal, hasWords ? WIDEST_TABLE_WITH_WORDS : WIDEST_TABLE);
  const left = room - fixed - (hasWords ? 3 : 2) * GAP;
  const share = (part: number, least: number, most: number): number =>
    Math.min(most, Math.max(least, Math.floor(left * part)));
  const runAt = hasWords ? share(0.15, 11, 24) : share(0.24, 11, 30);
  const words = hasWords ? share(0.36, 30, 72) : 0;
  const client = hasWords ? share(0.1, 7, 20) : share(0.13, 7, 20);
  return [
    ...ids,
    { name: 'chain', width: left - runAt - words - client },
    { name: 'run_at', width: runAt },
    ...(hasWords ? [{ name: 'in words', width: words } as const] : []),
    { name: 'client', width: client },
    ...ends,
  ];
}

export type Cells = Readonly<Record<Column['name'], Cell>>;

// No lines between the cells: a gap is all that parts them.
const NO_LINES = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid', 'middle']
    .flatMap((side) => [side, ...['mid', 'left', 'right'].map((end) => `${side}-${end}`)])
    .map((part) => [part, '']),
);

/**
 * Rows under their columns, each in as many lines as its longest cell needs; nothing is left out.
 * @param hasHead whether the names of the columns stand above
 */
export function tableText(
  columns: readonly Column[],
  rows: readonly Cells[],
  hasHead: boolean,
  color: ChalkInstance,
): string {
  const table = new Table({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [], compact: true },
    colWidths: columns.map(({ width }) => width + GAP),
    head: hasHead ? columns.map(({ name }) => color.bold(name)) : [],
  });
  for (const cells of rows) for (const row of tableRows(columns, cells, color)) table.push([...row]);
  return table
    .toString()
    .split('\n')
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

/** A cell of more lines is cut into several: cli-table3 measures the whole cell again for each of its lines. */
const MOST_LINES = 4;

// Folded before, since cli-table3 breaks at blanks alone, and cuts what is longer.
function tableRows(
  columns: readonly Column[],
  cells: Cells,
  color: ChalkInstance,
): readonly (readonly string[])[] {
  const folded = columns.map(({ name, width }) => fold(cells[name].text, width));
  const height = Math.max(...folded.map((lines) => lines.length));
  return Array.from({ length: Math.ceil(height / MOST_LINES) }, (_, part) =>
    columns.map(({ name }, column) => {
      const { paint } = cells[name];
      const lines = folded[column]?.slice(part * MOST_LINES, (part + 1) * MOST_LINES) ?? [];
      return lines.map((line) => (paint ? color[paint] : color)(line)).join('\n');
    }),
  );
}
