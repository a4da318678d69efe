import type { ChalkInstance } from 'chalk';
import { aligned, type Cell, GAP } from './aligned.ts';
import { fold } from './fold.ts';
import { widthOf } from './width.ts';

/** A column of the table of chains. */
export interface Column {
  readonly name: 'id' | 'job' | 'chain' | 'run_at' | 'in words' | 'client' | 'live' | 'tasks';
  /** In columns of the terminal. */
  readonly width: number;
}

const ID_WIDTH = 7;
const LIVE_WIDTH = 4;
const TASKS_WIDTH = 5;
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
  const runAt = hasWords ? share(0.18, 11, 24) : share(0.3, 11, 30);
  const words = hasWords ? share(0.4, 30, 72) : 0;
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

/** Stands in a column that is too narrow for what belongs there. */
const BELOW: Cell = { text: '(below)', paint: 'dim' };
const EMPTY: Cell = { text: '' };
const INDENT = '    ';

/**
 * Rows under their columns. The name of a chain takes as many lines as it needs; whatever else is too long for its
 * column stands below the row.
 * @param hasHead whether the names of the columns stand above
 */
export function tableText(
  columns: readonly Column[],
  rows: readonly Cells[],
  hasHead: boolean,
  color: ChalkInstance,
): string {
  const head = columns.map(({ name }): Cell => ({ text: name, paint: 'bold' }));
  const lines = [...(hasHead ? [head] : []), ...rows.flatMap((cells) => rowLines(columns, cells))];
  const isRow = (line: Line): line is readonly Cell[] => typeof line !== 'string';
  const widths = columns.map(({ width }) => width);
  const shown = aligned(lines.filter(isRow), widths, color).values();
  return lines.map((line) => `${isRow(line) ? shown.next().value : line}\n`).join('');
}

/** What stands under the columns, or below them. */
type Line = readonly Cell[] | string;

function rowLines(columns: readonly Column[], cells: Cells): readonly Line[] {
  const widths = columns.map(({ width }) => width);
  const isTooLong = ({ name, width }: Column): boolean =>
    name !== 'chain' && widthOf(cells[name].text) > width;
  const first = columns.map((column) => (isTooLong(column) ? BELOW : cells[column.name]));
  const names = fold(cells.chain.text, columns.find(({ name }) => name === 'chain')?.width ?? 0);
  const room = widths.reduce((sum, width) => sum + width + GAP, -GAP - INDENT.length);
  const below = columns
    .filter(isTooLong)
    .flatMap(({ name }) => fold(`${name} ${cells[name].text}`, room).map((line) => `${INDENT}${line}`));
  const inRow = names.map((text, line) =>
    columns.map(({ name }, column) => (name === 'chain' ? { text } : (line === 0 && first[column]) || EMPTY)),
  );
  return [...inRow, ...below];
}
