import type { BatchStep, Exception, Job, Schedule, SqlStep, Ticks } from '../src/model/job.ts';
import type { Advisory, ChainPlan, GroupedJob, JobPlan, TaskPlan } from '../src/model/plan.ts';
import { UTC, type Zone } from '../src/model/zone.ts';
import type { Context, TargetTraits, TransformOptions } from '../src/transform/context.ts';
import { loadSqlParser } from '../src/transform/sql/parse.ts';

await loadSqlParser();

/** Calendar values by name, as a person ticks them; what is left out is not ticked at all. */
export interface Chosen {
  /** 0-59 */
  readonly minutes?: readonly number[];
  /** 0-23 */
  readonly hours?: readonly number[];
  /** 0-6, 0 is Sunday */
  readonly weekdays?: readonly number[];
  /** 1-31 */
  readonly monthDays?: readonly number[];
  readonly lastDay?: boolean;
  /** 1-12 */
  readonly months?: readonly number[];
}

/** The whole numbers from one to another, both included. */
export function span(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** FACTS.md 1: the first elements mean minute 0, hour 0, Sunday, day 1 and January; the 32nd day is the last of the month. */
export function ticks(chosen: Chosen = {}): Ticks {
  const array = (values: readonly number[] | undefined, first: number, length: number): boolean[] =>
    Array.from({ length }, (_, index) => values?.includes(index + first) ?? false);
  return {
    minutes: array(chosen.minutes, 0, 60),
    hours: array(chosen.hours, 0, 24),
    weekdays: array(chosen.weekdays, 0, 7),
    monthDays: [...array(chosen.monthDays, 1, 31), chosen.lastDay ?? false],
    months: array(chosen.months, 1, 12),
  };
}

/** A Thursday in spring, on the hour. */
export const NOW = Date.UTC(2026, 3, 16, 12, 0, 0);

/** Enabled, begun long ago, without an end. */
export function schedule(chosen: Chosen = {}, more: Partial<Schedule> = {}): Schedule {
  return {
    id: 1,
    name: 'often',
    description: '',
    enabled: true,
    start: Date.UTC(2020, 0, 1, 8, 30, 15, 250),
    end: null,
    exceptions: [],
    ...ticks(chosen),
    ...more,
  };
}

export function exception(date: string | null, time: string | null): Exception {
  return { id: 1, date, time };
}

/** In pg_timetable's own database, see `context`. */
export function sqlStep(more: Partial<SqlStep> = {}): SqlStep {
  return {
    id: 1,
    name: 'step',
    description: '',
    enabled: true,
    onError: 'fail',
    code: 'SELECT 1',
    kind: 'sql',
    connection: { kind: 'database', name: 'app' },
    ...more,
  };
}

export function batchStep(code: string, more: Partial<BatchStep> = {}): BatchStep {
  return {
    id: 1,
    name: 'step',
    description: '',
    enabled: true,
    onError: 'fail',
    kind: 'batch',
    ...more,
    code,
  };
}

/** Runs every minute on any host, with one SQL step. */
export function job(more: Partial<Job> = {}): Job {
  return {
    id: 1,
    name: 'job',
    description: '',
    className: 'Routine Maintenance',
    hostAgent: '',
    enabled: true,
    schedules: [schedule()],
    steps: [sqlStep()],
    ...more,
  };
}

/** pg_timetable 7 in the database `app` of pgAgent's own server, and `sh`. */
export function context(
  more: {
    readonly now?: number;
    readonly zone?: Zone;
    readonly ambiguousSchedules?: Context['ambiguousSchedules'];
    readonly ambiguousJobs?: Context['ambiguousJobs'];
    readonly source?: Partial<Context['source']>;
    readonly target?: Partial<TargetTraits>;
    readonly history?: Context['history'];
    readonly options?: Partial<TransformOptions>;
  } = {},
): Context {
  return {
    now: more.now ?? NOW,
    zone: more.zone ?? UTC,
    source: {
      database: 'app',
      server: '7312345678901234567',
      encoding: 'UTF8',
      isOnWindows: false,
      role: null,
      ...more.source,
    },
    ambiguousSchedules: more.ambiguousSchedules ?? new Set(),
    ambiguousJobs: more.ambiguousJobs ?? new Set(),
    target: {
      database: 'app',
      isSourceServer: true,
      hasTaskLive: true,
      knowsSslNegotiation: true,
      knowsClientName: true,
      endpoint: { host: '127.0.0.1', port: 5432, role: 'timetable' },
      connectedClients: [],
      knownClients: [],
      transactionTimeouts: [],
      encoding: 'UTF8',
      ...more.target,
    },
    history: more.history ?? null,
    options: {
      shell: { program: 'sh', flags: ['-c'], language: 'posix' },
      hostShells: new Map(),
      jobTransactions: new Map(),
      schedules: 'pending',
      onDemand: false,
      overlap: 'keep',
      lastDay: 'keep',
      allowManyChains: false,
      transaction: 'step',
      stripPasswords: false,
      disableSource: false,
      partial: false,
      paused: false,
      pauseDormant: false,
      clientNames: new Map(),
      everyClient: false,
      stepConninfo: null,
      ...more.options,
    },
  };
}

/** A task as a plan holds it, for reports. */
export function task(more: Partial<TaskPlan> = {}): TaskPlan {
  return {
    taskName: 'step',
    taskOrder: 10,
    kind: 'SQL',
    command: 'SELECT 1',
    parameters: [],
    databaseConnection: null,
    ignoreError: false,
    autonomous: true,
    live: true,
    stepId: 1,
    ...more,
  };
}

/** A chain as a plan holds it, for reports. */
export function chain(more: Partial<ChainPlan> = {}): ChainPlan {
  return {
    chainName: 'job @ often',
    runAt: '* * * * *',
    clientName: null,
    live: true,
    maxInstances: 1,
    timeout: 0,
    scheduleId: 1,
    tasks: [task()],
    nextRuns: [],
    ...more,
  };
}

/** A job that moved whole, for reports. */
export function jobPlan(more: Partial<JobPlan> = {}): JobPlan {
  return {
    jobId: 1,
    jobName: 'job',
    enabled: true,
    hostAgent: '',
    moved: 'whole',
    chains: [chain()],
    skipped: [],
    expiredExceptions: 0,
    advisories: [],
    ...more,
  };
}

/** The same as a document has it. */
export function groupedJob(more: Partial<JobPlan> = {}): GroupedJob {
  return { ...jobPlan(more), group: 'unchanged' };
}

/** The codes of advisories in alphabetical order, each once. */
export function codes(advisories: readonly Advisory[]): readonly string[] {
  return [...new Set(advisories.map(({ code }) => code))].sort();
}
