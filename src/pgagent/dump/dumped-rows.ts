import { readBytes } from '../unreadable-jobs.ts';
import type { DumpedState } from './dump.ts';
import type { FieldReader } from './values/field-reader.ts';
import { type Moment, utcText } from './values/timestamp.ts';

/** A row of one of the tables that jobs are made of, as `rows.ts` takes it, with where it stands. */
export interface DumpedRow {
  readonly id: number;
  readonly line: number;
  readonly isBroken: boolean;
}

export interface DumpedJob extends DumpedRow {
  readonly classId: number | null;
  readonly name: string | null;
  readonly description: string | null;
  readonly hostAgent: string | null;
  readonly enabled: unknown;
  /** As the outline of an unreadable job has them. */
  readonly bytes: { readonly name: string; readonly hostAgent: string };
  readonly state: DumpedState;
}

export interface DumpedChild extends DumpedRow {
  readonly jobId: number;
}

export interface DumpedStep extends DumpedChild {
  readonly name: string | null;
}

export interface DumpedException extends DumpedRow {
  readonly scheduleId: number;
  readonly date: string | null;
  readonly time: string | null;
}

export function jobOf(fields: FieldReader, line: number): DumpedJob {
  const utc = (column: string): string | null => utcOrNull(fields.moment(column));
  const enabled = fields.boolean('jobenabled');
  const row = {
    id: fields.integer('jobid'),
    line,
    classId: fields.integerOrNull('jobjclid'),
    name: fields.text('jobname'),
    description: fields.keptText('jobdesc'),
    hostAgent: fields.text('jobhostagent'),
    enabled,
    bytes: {
      name: readBytes(fields.bytes('jobname') ?? Buffer.alloc(0)),
      hostAgent: readBytes(fields.bytes('jobhostagent') ?? Buffer.alloc(0)),
    },
    state: {
      enabled: enabled === true,
      nextRun: utc('jobnextrun'),
      changed: utc('jobchanged'),
      created: utc('jobcreated'),
      lastRun: utc('joblastrun'),
      agentId: fields.integerOrNull('jobagentid'),
      host: (fields.bytes('jobhostagent') ?? Buffer.alloc(0)).toString('hex'),
    },
  };
  return { ...row, isBroken: fields.isBroken };
}

function utcOrNull(moment: Moment | null): string | null {
  return moment === null ? null : utcText(moment);
}

export function scheduleOf(fields: FieldReader, line: number): DumpedChild {
  const row = {
    id: fields.integer('jscid'),
    jobId: fields.integer('jscjobid'),
    line,
    name: fields.text('jscname'),
    description: fields.keptText('jscdesc'),
    enabled: fields.boolean('jscenabled'),
    start: fields.millis('jscstart'),
    end: fields.millis('jscend'),
    jscminutes: fields.plain('jscminutes'),
    jschours: fields.plain('jschours'),
    jscweekdays: fields.plain('jscweekdays'),
    jscmonthdays: fields.plain('jscmonthdays'),
    jscmonths: fields.plain('jscmonths'),
  };
  return { ...row, isBroken: fields.isBroken };
}

export function exceptionOf(fields: FieldReader, line: number): DumpedException {
  return {
    id: fields.integer('jexid'),
    scheduleId: fields.integer('jexscid'),
    line,
    date: fields.plain('jexdate'),
    time: fields.plain('jextime'),
    isBroken: false,
  };
}

export function stepOf(fields: FieldReader, line: number): DumpedStep {
  // PostgreSQL takes the blanks off the end of a character(1) that becomes a text.
  const letter = (column: string): string | null => fields.plain(column)?.replace(/ +$/, '') ?? null;
  const row = {
    id: fields.integer('jstid'),
    jobId: fields.integer('jstjobid'),
    line,
    name: fields.text('jstname'),
    description: fields.keptText('jstdesc'),
    enabled: fields.boolean('jstenabled'),
    jstkind: letter('jstkind'),
    jstonerror: letter('jstonerror'),
    code: fields.text('jstcode'),
    jstconnstr: fields.text('jstconnstr'),
    jstdbname: fields.text('jstdbname'),
  };
  return { ...row, isBroken: fields.isBroken };
}
