import { Failure } from '../../model/failure.ts';
import { groupBy } from '../../model/group-by.ts';
import type { Exception, Job, Schedule } from '../../model/job.ts';
import { toException, toJob, toSchedule, toStep } from '../rows.ts';
import type { DumpedChild, DumpedException, DumpedJob, DumpedRow, DumpedStep } from './dumped-rows.ts';
import { OWN_CLASSES } from './tables.ts';

/** The rows of one pgAgent. */
export interface DumpedTables {
  readonly jobs: readonly DumpedJob[];
  readonly schedules: readonly DumpedChild[];
  readonly exceptions: readonly DumpedException[];
  readonly steps: readonly DumpedStep[];
  /** jclname by jclid, and whether it is a text. */
  readonly classes: ReadonlyMap<number, { readonly name: string; readonly isBroken: boolean }>;
}

/** What `readJobs` gives for the same rows, and the first failure of each job whose rows are no pgAgent's. */
export function jobsOfRows(tables: DumpedTables): {
  readonly jobs: readonly Job[];
  readonly malformed: ReadonlyMap<number, Failure>;
} {
  refuseOrphans(tables);
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
    return [job ?? { ...outlineOf(row), schedules: parts[0], steps: parts[1] }];
  });
  return { jobs, malformed };
}

// The foreign keys of pgAgent allow none, so a row is missing.
function refuseOrphans({ jobs, schedules, steps, exceptions }: DumpedTables): void {
  const idsOf = (rows: readonly DumpedRow[]): ReadonlySet<number> => new Set(rows.map(({ id }) => id));
  const jobIds = idsOf(jobs);
  const scheduleIds = idsOf(schedules);
  for (const [what, parent, ids, rows] of [
    ['a schedule', 'job', jobIds, schedules.map((row) => ({ ...row, of: row.jobId }))],
    ['a step', 'job', jobIds, steps.map((row) => ({ ...row, of: row.jobId }))],
    ['an exception', 'schedule', scheduleIds, exceptions.map((row) => ({ ...row, of: row.scheduleId }))],
  ] as const) {
    const orphan = rows.find((row) => !ids.has(row.of));
    if (orphan === undefined) continue;
    throw new Failure(
      'failed',
      `Line ${orphan.line} of the dump is ${what} of ${parent} ${orphan.of}, which the dump lacks: it is damaged.`,
      'Copy or make the dump again.',
    );
  }
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
