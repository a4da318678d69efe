import { Chalk, type ChalkInstance } from 'chalk';
import Table from 'cli-table3';
import stringWidth from 'string-width';
import type { ChainPlan } from '../plan.ts';
import { fold, wrapped } from './fold.ts';
import type { Print } from './json.ts';
import type { Shown } from './masked.ts';
import { printable } from './printable.ts';
import { taskLines } from './task-lines.ts';

/** How the table is to look. */
export interface TableStyle {
  /** Columns of the terminal. */
  readonly width: number;
  /** Tasks under each chain. */
  readonly showTasks: boolean;
  /** How the texts of tasks are shown. */
  readonly shown: Shown;
  readonly color: ChalkInstance;
}

const ROWS_A_TABLE = 100;
const NARROWEST_TABLE = 60;
const NO_LINES = {
  ...{
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
  },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' },
};

interface Row {
  readonly jobId: number;
  readonly chain: ChainPlan;
}

/** Collects rows and prints them a table at a time, all of the same widths. */
export class ChainRows {
  count = 0;
  private pending: Row[] = [];
  private isFirst = true;
  private readonly style: TableStyle;
  private readonly print: Print;

  constructor(style: TableStyle, print: Print) {
    this.style = style;
    this.print = print;
  }

  async add(jobId: number, chain: ChainPlan): Promise<void> {
    this.count += 1;
    this.pending.push({ jobId, chain });
    if (this.style.showTasks || this.style.width < NARROWEST_TABLE || this.pending.length >= ROWS_A_TABLE)
      await this.flush();
  }

  async flush(): Promise<void> {
    if (this.pending.length === 0) return;
    const isNarrow = this.style.width < NARROWEST_TABLE;
    await this.print(isNarrow ? this.pending.map((row) => block(row, this.style)).join('') : this.table());
    if (this.style.showTasks) {
      for (const { chain } of this.pending) {
        await this.print(nextRunsLine(chain, this.style));
        for (const task of chain.tasks) await this.print(taskLines(task, this.style));
      }
    }
    this.pending = [];
    this.isFirst = false;
  }

  private table(): string {
    const isWritten = this.pending.some(({ chain }) => chain.chainId !== undefined);
    const head = [...(isWritten ? ['id'] : []), 'job', 'chain', 'run_at', 'client', 'live', 'tasks'];
    const colWidths = widths(this.style.width, isWritten);
    const table = new Table({
      ...(this.isFirst
        ? { head: head.map((name, column) => padded(this.style.color.bold(name), colWidths[column])) }
        : {}),
      chars: NO_LINES,
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
    });
    for (const { jobId, chain } of this.pending) {
      const ids = [...(isWritten ? [String(chain.chainId ?? '')] : []), String(jobId)];
      const row = [...ids, ...cells(chain, this.style.color)];
      table.push(...linesOf(row, colWidths));
    }
    return `${withoutTrailingBlanks(table.toString())}\n`;
  }
}

/** A row as rows of one line each: a cell of many lines takes cli-table3 seconds. */
function linesOf(row: readonly string[], widths: readonly number[]): string[][] {
  const folded = row.map((cell, column) => fold(cell, widths[column] ?? 0));
  const height = Math.max(...folded.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    folded.map((lines, column) => padded(lines[line] ?? '', widths[column])),
  );
}

// Told the widths, cli-table3 would cut a cell by a measure of its own, between the halves of a character too.
function padded(text: string, columns = 0): string {
  return text + ' '.repeat(Math.max(0, columns - stringWidth(text)));
}

const ID_WIDTH = 7;
const LIVE_WIDTH = 4;
const TASKS_WIDTH = 5;
const GAP = 2;
const WIDEST_TABLE = 140;

// The chain's name takes what the others leave.
function widths(terminal: number, isWritten: boolean): number[] {
  const ids = isWritten ? [ID_WIDTH, ID_WIDTH] : [ID_WIDTH];
  const fixed = [...ids, LIVE_WIDTH, TASKS_WIDTH].reduce((sum, width) => sum + width + GAP, 0);
  const left = Math.min(terminal, WIDEST_TABLE) - fixed - 2 * GAP;
  const runAt = Math.min(30, Math.max(11, Math.floor(left * 0.24)));
  const client = Math.min(20, Math.max(7, Math.floor(left * 0.13)));
  return [...ids, left - runAt - client, runAt, client, LIVE_WIDTH, TASKS_WIDTH];
}

function cells(chain: ChainPlan, color: ChalkInstance): string[] {
  return [
    printable(chain.chainName),
    chain.runAt,
    chain.clientName === null ? color.dim('(every)') : printable(chain.clientName),
    chain.live ? 'yes' : color.yellow('no'),
    String(chain.tasks.length),
  ];
}

const PLAIN = new Chalk({ level: 0 });

function block({ jobId, chain }: Row, style: TableStyle): string {
  const [name = '', runAt, client, live, tasks] = cells(chain, PLAIN);
  const id = chain.chainId === undefined ? '' : `id ${chain.chainId}, `;
  const facts = `${id}job ${jobId}, run_at ${runAt}, client ${client}, live ${live}, tasks ${tasks}`;
  return `${wrapped(name, '', style.width)}${wrapped(facts, '  ', style.width)}`;
}

/** When the chain runs next, if it is live. */
function nextRunsLine({ nextRuns }: ChainPlan, { width }: TableStyle): string {
  if (nextRuns.length === 0) return '';
  const times = nextRuns.map((time) => time.replace('T', ' ').replace(':00+', ' +').replace(':00-', ' -'));
  return wrapped(`next: ${times.join(', ')}`, '    ', width);
}

function withoutTrailingBlanks(text: string): string {
  return text.replace(/[ ]+$/gm, '');
}
