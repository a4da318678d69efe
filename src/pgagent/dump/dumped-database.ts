import { Failure } from '../../model/failure.ts';
import { FieldReader } from './dumped-rows.ts';
import type { Encoding } from './encoding.ts';
import { intervalMillis } from './interval.ts';
import type { DumpedTables } from './jobs-of-rows.ts';
import {
  type DumpedChild,
  type DumpedException,
  type DumpedJob,
  exceptionOf,
  jobOf,
  scheduleOf,
  stepOf,
} from './jobs-of-rows.ts';
import { LogRows } from './log-rows.ts';
import { isKeptTable, type KeptTable, knownColumns } from './tables.ts';
import { millisOf } from './timestamp.ts';

/** What a dump holds of one database, as far as it was read. */
export class DumpedDatabase implements DumpedTables {
  readonly name: string | null;
  schemaVersion: string | null = null;
  encoding = 'UTF8';
  /** Whether anything of pgAgent is there at all, and whether as an extension. */
  hasSchema = false;
  isExtension = false;
  /** The tables whose rows are there, be there none. */
  readonly tables = new Set<KeptTable>();
  readonly jobs: DumpedJob[] = [];
  readonly schedules: DumpedChild[] = [];
  readonly exceptions: DumpedException[] = [];
  readonly steps: (DumpedChild & { readonly name: string | null })[] = [];
  readonly classes = new Map<number, { readonly name: string; readonly isBroken: boolean }>();
  readonly stations = new Set<string>();
  readonly log = new LogRows();
  private readonly columns = new Map<KeptTable, readonly string[]>();

  constructor(name: string | null) {
    this.name = name;
  }

  /** The columns of CREATE TABLE, which an INSERT without names follows. */
  defineTable(table: KeptTable, columns: readonly string[]): void {
    this.columns.set(table, columns);
    this.hasSchema = true;
  }

  /** That the rows of a table are there, be there none. */
  noteRows(table: string): void {
    if (isKeptTable(table)) this.tables.add(table);
    this.hasSchema = true;
  }

  columnsOf(table: KeptTable): readonly string[] {
    return this.columns.get(table) ?? knownColumns(table);
  }

  addRow(
    table: KeptTable,
    columns: readonly string[],
    fields: readonly (Buffer | null)[],
    line: number,
    encoding: Encoding,
  ): void {
    if (fields.length !== columns.length) throw wrongCount(table, columns.length, fields.length, line);
    this.tables.add(table);
    this.encoding = encoding.name;
    const reader = new FieldReader({ table, line, columns, fields }, encoding);
    switch (table) {
      case 'pga_job':
        this.jobs.push(jobOf(reader, line));
        break;
      case 'pga_schedule':
        this.schedules.push(scheduleOf(reader, line));
        break;
      case 'pga_exception':
        this.exceptions.push(exceptionOf(reader, line));
        break;
      case 'pga_jobstep':
        this.steps.push(stepOf(reader, line));
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

  private addLogRow(reader: FieldReader): void {
    const moment = reader.moment('jlgstart');
    const start = moment === null ? Number.NaN : millisOf(moment);
    const duration = intervalMillis(reader.plain('jlgduration') ?? '');
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
