import type { Zone } from './zone.ts';

/** The runs of one job that its log knows. Instants are milliseconds since 1970 UTC. */
export interface LoggedRuns {
  /** Those that have ended. */
  readonly runs: number;
  readonly failures: number;
  readonly firstStart: number | null;
  readonly lastStart: number | null;
  readonly lastEnd: number | null;
  readonly lastSuccess: number | null;
}

/** Of a job that is not in the log. */
export const NO_RUNS: LoggedRuns = {
  runs: 0,
  failures: 0,
  firstStart: null,
  lastStart: null,
  lastEnd: null,
  lastSuccess: null,
};

/** What pgAgent's tables say of the runs of one job. */
export interface JobHistory extends LoggedRuns {
  /** Whether pgAgent runs it now. */
  readonly enabled: boolean;
  /** What tells its host from others. */
  readonly host: string;
  /** jobnextrun; ±Infinity is PostgreSQL's. */
  readonly nextRun: number | null;
  readonly created: number;
  /** Whether an agent holds it for running, and whether that agent is connected. */
  readonly taken: Taken;
  /** When its last run began: joblastrun, or what the log says. */
  readonly lastRun: number | null;
  /** How many transactions ago its row of pga_job was written, by a run or by hand. */
  readonly age: number;
}

export type Taken = 'no' | 'by-agent' | 'by-dead-agent';

/** A run that began. */
export interface Start {
  readonly jobId: number;
  /** What tells the host of the job from others; no text, which may be unreadable. */
  readonly host: string;
  readonly start: number;
}

/** What pgAgent's tables say of all jobs together: of bounded size, but for `logged`. */
export interface History {
  /** The source's clock when it was read. */
  readonly at: number;
  /** pgAgent's. */
  readonly zone: Zone;
  /** Whether this user may read the log; without it the log counts as empty. */
  readonly isLogReadable: boolean;
  /** Whether any job has a next run, or ever ran. */
  readonly isInUse: boolean;
  /** The last runs of each host, of two jobs at the most. */
  readonly latest: readonly Start[];
  /** Runs of the log at even distances, the oldest first; all of them in a short log. `age`: how many transactions ago the row was written. */
  readonly sample: readonly (Start & { readonly age: number })[];
  readonly logged: ReadonlyMap<number, LoggedRuns>;
}

/** The advisories that depend on what pgAgent's log says: a saved plan is none the older for them. */
export const LOG_CODES = [
  'job-always-failed',
  'job-not-run',
  'job-never-ran',
  'next-run-missing',
  'next-run-late',
  'job-log-hidden',
] as const;
