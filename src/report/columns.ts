import type { ChalkInstance } from 'chalk';
import { fold } from './fold.ts';
import { widthOf } from './width.ts';

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

export function headLine(columns: readonly Column[], color: ChalkInstance): string {
  return line(columns.map(({ name, width }) => ({ text: name, paint: color.bold, width })));
}

/** A row in as many lines as its longest cell needs; nothing is left out. */
export function rowLines(
  columns: readonly Column[],
  cells: Readonly<Record<Column['name'], Cell>>,
  color: ChalkInstance,
): string {
  const folded = columns.map(({ name, width }) => fold(cells[name].text, width));
  const height = Math.max(...folded.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) =>
    line(
      columns.map(({ name, width }, column) => {
        const { paint } = cells[name];
        return { text: folded[column]?.[at] ?? '', paint: paint ? color[paint] : color, width };
      }),
    ),
  ).join('');
}

interface Piece {
  readonly text: string;
  readonly paint: ChalkInstance;
  readonly width: number;
}

// Widths are those of the text without its colours; no blank stands at the end of a line.
function line(pieces: readonly Piece[]): string {
  let text = '';
  let blanks = 0;
  for (const piece of pieces) {
    if (piece.text !== '') {
      text += ' '.repeat(blanks) + piece.paint(piece.text);
      blanks = 0;
    }
    blanks += Math.max(0, piece.width - widthOf(piece.text)) + GAP;
  }
  return `${text}\n`;
}
