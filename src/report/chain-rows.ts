import type { ChalkInstance } from 'chalk';
import { counted } from '../model/counted.ts';
import type { ChainPlan } from '../model/plan.ts';
import type { Shown } from '../secrets/masked.ts';
import { type Cells, type Column, columnsFor, tableText } from './columns.ts';
import { wrapped } from './fold.ts';
import type { Print } from './json.ts';
import { printable } from './printable.ts';
import { taskLines } from './task-lines.ts';
import { scheduleInWords } from './words.ts';

/** How the table is to look. */
export interface TableStyle {
  /** Columns of the terminal. */
  readonly width: number;
  /** Tasks under each chain. */
  readonly showTasks: boolean;
  /** How the texts of tasks are shown. */
  readonly shown: Shown;
  readonly color: ChalkInstance;
  /** Whether a person reads it on a screen, who did not ask for all of it. */
  readonly isBrief: boolean;
  /** Whether all of it is in the target. */
  readonly isWritten: boolean;
}

/** More chains than this are counted and not listed where it is to be brief. */
const MOST_CHAINS = 40;
// More than those, so that none is printed before all are counted.
const ROWS_A_PRINT = 100;
const NARROWEST_TABLE = 60;
/** From here on the schedule in words has a column of its own. */
const ROOM_FOR_WORDS = 120;

interface Row {
  readonly jobId: number;
  readonly chain: ChainPlan;
}

/** Collects rows and prints many at a time: lines in columns, or a paragraph each where the terminal is narrow. */
export class ChainRows {
  count = 0;
  private rows: Row[] = [];
  private columns: readonly Column[] | null = null;
  private readonly style: TableStyle;
  private readonly print: Print;

  constructor(style: TableStyle, print: Print) {
    this.style = style;
    this.print = print;
  }

  /** Whether there are too many to be listed. */
  get isCut(): boolean {
    return this.style.isBrief && this.count > MOST_CHAINS;
  }

  async add(jobId: number, chain: ChainPlan): Promise<void> {
    const { showTasks } = this.style;
    this.count += 1;
    if (this.isCut) return;
    this.rows.push({ jobId, chain });
    if (showTasks || this.rows.length >= ROWS_A_PRINT) await this.flush();
    if (showTasks) await this.print(this.underRow(chain));
  }

  /** To be called after the last row. */
  async end(): Promise<void> {
    if (!this.isCut) return this.flush();
    const { isWritten, width } = this.style;
    const ways = isWritten
      ? 'They are in timetable.chain on the target.'
      : 'To list them: --verbose. To make a page of them: --format html --output plan.html';
    await this.print(wrapped(`${counted(this.count, 'chain')}. ${ways}`, '', width));
  }

  private async flush(): Promise<void> {
    const { style, rows } = this;
    this.rows = [];
    if (style.width < NARROWEST_TABLE) return this.print(rows.map((row) => block(row, style)).join(''));
    const [first] = rows;
    if (first === undefined) return;
    const hasHead = this.columns === null;
    this.columns ??= columnsFor(
      style.width,
      first.chain.chainId !== undefined,
      style.width >= ROOM_FOR_WORDS,
    );
    await this.print(tableText(this.columns, rows.map(cells), hasHead, style.color));
  }

  private underRow(chain: ChainPlan): string {
    const { width } = this.style;
    const words = width >= ROOM_FOR_WORDS ? '' : wrapped(scheduleInWords(chain), '    ', width);
    const tasks = chain.tasks.map((task) => taskLines(task, this.style));
    return [words, nextRunsLine(chain, this.style), ...tasks].join('');
  }
}

function cells({ jobId, chain }: Row): Cells {
  return {
    id: { text: String(chain.chainId ?? '') },
    job: { text: String(jobId) },
    chain: { text: printable(chain.chainName) },
    run_at: { text: printable(chain.runAt) },
    // Few tables have room for it.
    get 'in words'() {
      return { text: printable(scheduleInWords(chain)) };
    },
    client:
      chain.clientName === null ? { text: '(every)', paint: 'dim' } : { text: printable(chain.clientName) },
    live: chain.live ? { text: 'yes' } : { text: 'no', paint: 'yellow' },
    tasks: { text: String(chain.tasks.length) },
  };
}

function block(row: Row, { width }: TableStyle): string {
  const { id, job, chain, run_at, client, live, tasks } = cells(row);
  const written = id.text === '' ? '' : `id ${id.text}, `;
  const facts = `${written}job ${job.text}, run_at ${run_at.text}, client ${client.text}, live ${live.text}, tasks ${tasks.text}`;
  return `${wrapped(chain.text, '', width)}${wrapped(facts, '  ', width)}`;
}

/** When the chain runs next, if it is live. */
function nextRunsLine({ nextRuns }: ChainPlan, { width }: TableStyle): string {
  if (nextRuns.length === 0) return '';
  const times = nextRuns.map((time) => time.replace('T', ' ').replace(':00+', ' +').replace(':00-', ' -'));
  return wrapped(`next: ${times.join(', ')}`, '    ', width);
}
