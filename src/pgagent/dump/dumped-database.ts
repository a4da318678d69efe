import { Failure } from '../../model/failure.ts';
import { NEEDED, tooOld } from '../source.ts';
import {
  type DumpedChild,
  type DumpedException,
  type DumpedJob,
  type DumpedRow,
  type DumpedStep,
  exceptionOf,
  jobOf,
  scheduleOf,
  stepOf,
} from './dumped-rows.ts';
import type { DumpedTables } from './jobs-of-rows.ts';
import { LogRows } from './log/log-rows.ts';
import { isKeptTable, type KeptTable, knownColumns } from './tables.ts';
import type { Encoding } from './values/encoding.ts';
import { FieldReader } from './values/field-reader.ts';
import { intervalMillis } from './values/interval.ts';
import { millisOf } from './values/timestamp.ts';

/** What a dump holds of one database, as far as it was read. */
export class DumpedDatabase implements DumpedTables {
  /** Null where the dump does not name it. */
  readonly name: string | null;
  encoding: Encoding;
  schemaVersion: string | null = null;
  /** Whether anything of pgAgent is there. */
  hasPgAgent = false;
  /** The tables whose rows are there, be there none. */
  readonly tables = new Set<KeptTable>();
  readonly jobs: DumpedJob[] = [];
  readonly schedules: DumpedChild[] = [];
  readonly exceptions: DumpedException[] = [];
  readonly steps: DumpedStep[] = [];
  readonly classes = new Map<number, { readonly name: string; readonly isBroken: boolean }>();
  readonly stations = new Set<string>();
  /** Null without a row. */
  log: LogRows | null = null;
  /** In which dump of the file the rows of a table stand. */
  private readonly dumpOf = new Map<KeptTable, number>();
  private readonly columns = new Map<KeptTable, readonly string[]>();
  /** The lines of rows by their table and id. */
  private readonly lines = new Map<string, number>();

  constructor(name: string | null, encoding: Encoding) {
    this.name = name;
    this.encoding = encoding;
  }

  /** The columns of CREATE TABLE, which an INSERT without names follows. */
  defineTable(table: KeptTable, columns: readonly string[]): void {
    this.hasPgAgent = true;
    this.columns.set(table, columns);
  }

  /** That the rows of a table are there, be there none. */
  noteRows(table: string): void {
    this.hasPgAgent = true;
    if (isKeptTable(table)) this.tables.add(table);
  }

  /**
   * That rows of a table come, of which of the dumps in the file. Halves of one database may follow each other.
   * @throws Failure where another dump had rows of that table
   */
  noteDump(table: KeptTable, dump: number): void {
    const known = this.dumpOf.get(table) ?? dump;
    if (known !== dump) throw twoDumps(`The file has rows of pgagent.${table} in two dumps.`);
    this.dumpOf.set(table, dump);
  }

  columnsOf(table: KeptTable): readonly string[] {
    return this.columns.get(table) ?? knownColumns(table);
  }

  /** @throws Failure for a row that is damaged, or of a schema before 3.4 */
  addRow(
    table: KeptTable,
    columns: readonly string[],
    fields: readonly (Buffer | null)[],
    line: number,
  ): void {
    const missing = NEEDED[table]?.find((column) => !columns.includes(column));
    if (missing !== undefined) throw tooOld(`${table}.${missing}`);
    if (fields.length !== columns.length) throw wrongCount(table, columns.length, fields.length, line);
    this.noteRows(table);
    const reader = new FieldReader({ table, line, columns, fields }, this.encoding);
    switch (table) {
      case 'pga_job':
        this.jobs.push(this.once(table, jobOf(reader, line)));
        break;
      case 'pga_schedule':
        this.schedules.push(this.once(table, scheduleOf(reader, line)));
        break;
      case 'pga_exception':
        this.exceptions.push(this.once(table, exceptionOf(reader, line)));
        break;
      case 'pga_jobstep':
        this.steps.push(this.once(table, stepOf(reader, line)));
        break;
      case 'pga_jobclass': {
        const name = reader.keptText('jclname') ?? '';
        this.classes.set(reader.integer('jclid'), { name, isBroken: reader.isBroken });
        break;
      }
      case 'pga_jobagent':
        this.stations.add(reader.text('jagstation') ?? '');
        break;
      case 'pga_joblog':
        this.addLogRow(reader);
    }
  }

  private once<Row extends DumpedRow>(table: KeptTable, row: Row): Row {
    const key = `${table} ${row.id}`;
    const before = this.lines.get(key);
    if (before === undefined) this.lines.set(key, row.line);
    else throw twice(table, row, before);
    return row;
  }

  private addLogRow(reader: FieldReader): void {
    const moment = reader.moment('jlgstart');
    const start = moment === null ? Number.NaN : millisOf(moment);
    const duration = intervalMillis(reader.plain('jlgduration') ?? '');
    this.log ??= new LogRows();
    this.log.add({
      id: reader.integer('jlgid'),
      jobId: reader.integer('jlgjobid'),
      status: reader.plain('jlgstatus') ?? '',
      start,
      end: duration === null ? null : start + duration,
    });
  }
}

function wrongCount(table: KeptTable, wanted: number, found: number, line: number): Failure {
  return new Failure(
    'failed',
    `Line ${line} of the dump, a row of pgagent.${table}, has ${found} values for ${wanted} columns.`,
    'The file was changed or damaged: make the dump again.',
  );
}

function twice(table: KeptTable, { id, line }: DumpedRow, before: number): Failure {
  return twoDumps(`Row ${id} of pgagent.${table} stands in line ${before} of the dump and in line ${line}.`);
}

function twoDumps(message: string): Failure {
  return new Failure('failed', message, 'The file holds two dumps: use one.');
}
