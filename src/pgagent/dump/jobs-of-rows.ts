import { Failure } from '../../model/failure.ts';
import { groupBy } from '../../model/group-by.ts';
import type { Exception, Job, Schedule, Step } from '../../model/job.ts';
import { toException, toJob, toSchedule, toStep } from '../rows.ts';
import { readBytes } from '../unreadable-jobs.ts';
import type { DumpedState } from './dump.ts';
import { OWN_CLASSES } from './tables.ts';
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

export function stepOf(fields: FieldReader, line: number): DumpedChild & { readonly name: string | null } {
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

/** The rows of one pgAgent. */
export interface DumpedTables {
  readonly jobs: readonly DumpedJob[];
  readonly schedules: readonly DumpedChild[];
  readonly exceptions: readonly DumpedException[];
  readonly steps: readonly (DumpedChild & { readonly name: string | null })[];
  /** jclname by jclid, and the ids of those that are no text. */
  readonly classes: ReadonlyMap<number, { readonly name: string; readonly isBroken: boolean }>;
}

/** What `readJobs` gives for the same rows, and the first failure of each job whose rows are no pgAgent's. */
export function jobsOfRows(tables: DumpedTables): {
  readonly jobs: readonly Job[];
  readonly malformed: ReadonlyMap<number, Failure>;
} {
  const schedules = groupBy([...tables.schedules].sort(byId), ({ jobId }) => jobId);
  const exceptions = groupBy([...tables.exceptions].sort(byId), ({ scheduleId }) => scheduleId);
  const steps = groupBy([...tables.steps].sort(byName), ({ jobId }) => jobId);
  const malformed = new Map<number, Failure>();
  /** What the rows make, less those that are malformed. */
  const made = <Row extends DumpedRow, Made>(
    jobId: number,
    rows: readonly Row[],
    make: (row: Row) => Made,
  ): Made[] =>
    rows.flatMap((row) => {
      try {
        return make(row);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        if (!malformed.has(jobId)) malformed.set(jobId, atLine(error, row.line));
        return [];
      }
    });
  const scheduleOfRow = (row: DumpedChild): Schedule => toSchedule(row, exceptionsOf(row));
  const exceptionsOf = (row: DumpedChild): readonly Exception[] =>
    made(row.jobId, exceptions.get(row.id) ?? [], (one) => toException({ ...one, jobId: row.jobId }));
  const jobs = [...tables.jobs].sort(byId).flatMap((row): readonly Job[] => {
    const own = schedules.get(row.id) ?? [];
    const ownSteps = steps.get(row.id) ?? [];
    const ofClass = tables.classes.get(row.classId ?? 0);
    const isBroken = [row, ...own, ...ownSteps].some((one) => one.isBroken) || ofClass?.isBroken === true;
    if (isBroken) return [outlineOf(row)];
    const className = ofClass?.name ?? OWN_CLASSES.get(row.classId ?? 0) ?? '';
    const parts = [made(row.id, own, scheduleOfRow), made(row.id, ownSteps, toStep)] as const;
    const [job] = made(row.id, [row], (one) => toJob({ ...one, className }, ...parts));
    return [job ?? { ...outlineOf(row), schedules: parts[0], steps: parts[1] satisfies readonly Step[] }];
  });
  return { jobs, malformed };
}

function outlineOf({ id, bytes, enabled }: DumpedJob): Job {
  return {
    id,
    name: bytes.name,
    description: '',
    className: '',
    hostAgent: bytes.hostAgent,
    enabled: enabled === true,
    isUnreadable: true,
    schedules: [],
    steps: [],
  };
}

function atLine({ code, message, remedy }: Failure, line: number): Failure {
  return new Failure(code, message, remedy, { details: [`It is line ${line} of the dump.`] });
}

function byId(one: { readonly id: number }, other: { readonly id: number }): number {
  return one.id - other.id;
}

function byName(
  one: { readonly id: number; readonly name: string | null },
  other: { readonly id: number; readonly name: string | null },
): number {
  return Buffer.compare(Buffer.from(one.name ?? ''), Buffer.from(other.name ?? '')) || one.id - other.id;
}
