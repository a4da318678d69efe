import type { ScheduleRow, StepRow } from '../pgagent/insert-job.ts';

/**
 * How a step ended: of SQL it is known whether it failed, of a program the exit status, 128 and the number of the
 * signal if one killed it. `unlogged`: its chain went on behind it, and no log has it.
 */
export type StepEnd = 'ok' | 'failed' | `exit ${number}` | 'unlogged';

/** A step, and what becomes of it under both schedulers. */
export interface DifferentialStep extends StepRow {
  /** `ok` if not given. */
  readonly ends?: StepEnd | 'not run';
  /** What it wrote to its standard output, without blanks around it; not compared if not given. */
  readonly prints?: string;
}

/** What a run leaves behind, worked out by hand. */
export interface After {
  /** `succeeded` if not given. */
  readonly end?: 'succeeded' | 'failed' | 'hangs' | 'not-run';
  /** Names of the steps that ran, in their order, if that is not the order of the table. */
  readonly order?: readonly string[];
  /** What the table `seen` holds, which every database has. */
  readonly seen?: readonly string[];
  /** Queries and their rows, written as psql -At does. */
  readonly rows?: Readonly<Record<string, readonly string[]>>;
  /** The same in the database {archive}. */
  readonly archiveRows?: Readonly<Record<string, readonly string[]>>;
  /** Every file in {dir} with its content. */
  readonly files?: Readonly<Record<string, string>>;
}

/** What is not as under pgAgent. */
export interface Otherwise extends After {
  /** By the name of the step. */
  readonly ends?: Readonly<Record<string, StepEnd | 'not run'>>;
}

/** What pg_timetable does otherwise. */
export interface Difference {
  /** The advisory that says so; null where nothing in the job tells it beforehand, and docs/mapping.md says it. */
  readonly advisory: string | null;
  /** The step that it is about, by name; the whole job if not given. */
  readonly step?: string;
  readonly underTimetable: Otherwise;
}

/**
 * A job that both schedulers run. In its texts {db} and {archive} stand for the names of its databases, {host} and {port} for
 * the server's socket, {dir} for a folder of its own, {cwd} for the working directory of the schedulers, {umask} for their umask.
 */
export interface DifferentialJob {
  readonly id: string;
  readonly what: string;
  /** pga_job.jobdesc */
  readonly description?: string;
  /** SQL for its database. */
  readonly setup?: string;
  /** SQL for a second database, which is there only if this is given. */
  readonly archive?: string;
  /** What the name of that database ends with; `_archive` if not given. */
  readonly archiveSuffix?: string;
  /** Its encoding; UTF8 if not given. */
  readonly archiveEncoding?: string;
  /** `C` if not given. */
  readonly collation?: 'en-US';
  /** Programs that its scripts need. */
  readonly needs?: readonly string[];
  /** One that is due in half an hour if not given; the minute of the hour that this is. */
  readonly schedules?: (soon: number) => readonly ScheduleRow[];
  /** In the order in which they are inserted. */
  readonly steps: readonly DifferentialStep[];
  /** Options of `migrate` beside those that all jobs have. */
  readonly options?: readonly string[];
  /** What it does with --transaction chain, where that is looked at: the same as under pgAgent, or it is kept back, or this. */
  readonly inOneTransaction?: 'same' | { readonly leftOut: string } | { readonly does: Otherwise };
  readonly after: After;
  /** Advisories of severity warning and error that the plan holds about it though nothing differs. */
  readonly advisories?: readonly string[];
  readonly differs?: Difference;
  /** The advisory that keeps the job on pgAgent. */
  readonly leftOut?: string;
}

export const write = (what: string): string =>
  `INSERT INTO seen (what) VALUES ('${what.replaceAll("'", "''")}')`;

/** A command line that runs SQL in the job's database. */
export const psql = (sql: string): string =>
  `psql -X -q -v ON_ERROR_STOP=1 "host={host} port={port} user=postgres dbname={db}" -c "${sql}"`;

export const CONNINFO = 'host={host} port={port} user=postgres';
