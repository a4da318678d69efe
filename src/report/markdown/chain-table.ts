import { counted } from '../../model/counted.ts';
import type { ChainPlan } from '../../model/plan.ts';
import { scheduleInWords } from '../words.ts';
import { fitting } from './room.ts';
import { cell, code, prose } from './spans.ts';

const HEAD = '| job | chain | run_at | in words | client | live |\n|---:|---|---|---|---|---|\n';
const LONGEST_LINE = 200;

/** Gathers chains as rows, no more of them than may be shown. */
export class ChainTable {
  private readonly rows: string[] = [];
  private count = 0;
  private size = 0;

  add(jobId: number, chain: ChainPlan, room: number): void {
    this.count += 1;
    if (this.size > room) return;
    const row = rowOf(jobId, chain);
    this.size += row.length;
    this.rows.push(row);
  }

  /** Folded, in at most so many characters. */
  text(room: number): string {
    if (this.count === 0) return '\nNo chain to write.\n';
    const begin = `\n<details>\n<summary>${counted(this.count, 'chain')}</summary>\n\n${HEAD}`;
    const end = '\n</details>\n';
    const more = (rest: number): string =>
      `\nand ${rest} more: \`--format html\` and \`--format json\` have all\n`;
    return `${begin}${fitting(this.rows, room - begin.length - end.length, more, this.count)}${end}`;
  }
}

function rowOf(jobId: number, chain: ChainPlan): string {
  const { chainName, runAt, clientName, live } = chain;
  const cells = [
    String(jobId),
    code(chainName),
    code(runAt, LONGEST_LINE),
    prose(scheduleInWords(chain)),
    clientName === null ? '(every)' : code(clientName),
    live ? 'yes' : 'no',
  ];
  return `| ${cells.map(cell).join(' | ')} |\n`;
}
