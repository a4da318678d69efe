/**
 * A pgAgent job as a value: the rows of pga_job, pga_schedule, pga_exception and pga_jobstep that belong together.
 * Ids are pgAgent's own. Instants are milliseconds since 1970 UTC; -Infinity and Infinity are PostgreSQL's.
 */
export interface Job {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  /** pga_jobclass.jclname */
  readonly className: string;
  /** '' means that any agent may run the job, and one of them does. */
  readonly hostAgent: string;
  readonly enabled: boolean;
  /** Some of its text is not UTF-8: it has no schedules and steps here, and U+FFFD in its name. */
  readonly isUnreadable?: true;
  /** In the order of their ids. */
  readonly schedules: readonly Schedule[];
  /** In the order in which pgAgent runs them: by name in the database's collation, then by id. */
  readonly steps: readonly Step[];
  /** The orders that these may have, where that collation is not known and changes them: two or more. */
  readonly stepOrders?: readonly StepOrder[];
}

/** An order of steps, and a collation that gives it. */
export interface StepOrder {
  readonly collation: string;
  readonly stepNames: readonly string[];
}

/** The five arrays of a schedule. An array without a true element stands for "any". */
export interface Ticks {
  /** 60 elements, minute 0 first */
  readonly minutes: readonly boolean[];
  /** 24 elements, hour 0 first */
  readonly hours: readonly boolean[];
  /** 7 elements, **Sunday** first */
  readonly weekdays: readonly boolean[];
  /** 32 elements: the days **1** to 31, then "last day of the month" */
  readonly monthDays: readonly boolean[];
  /** 12 elements, January first */
  readonly months: readonly boolean[];
}

/** What decides when a schedule fires, whatever it is called. */
export interface Timing extends Ticks {
  readonly enabled: boolean;
  /** The first instant at which it may fire, inclusive. */
  readonly start: number;
  /** The last instant at which it may fire, inclusive; null for none. */
  readonly end: number | null;
  readonly exceptions: readonly Exception[];
}

export interface Schedule extends Timing {
  readonly id: number;
  readonly name: string;
  readonly description: string;
}

/** A time at which a schedule does not fire. Without a time: the whole day; without a date: every day; without both: never. */
export interface Exception {
  readonly id: number;
  /** Local date, YYYY-MM-DD; 'infinity' and '-infinity' as PostgreSQL writes them. */
  readonly date: string | null;
  /** Local time, HH:MM:SS with an optional fraction. */
  readonly time: string | null;
}

/** What pgAgent does when the step fails: fail the job; count it as a success and go on; ignore it and go on. */
export type OnError = 'fail' | 'success' | 'ignore';

interface StepBase {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly onError: OnError;
  /** jstcode: SQL text, or the script */
  readonly code: string;
}

export interface SqlStep extends StepBase {
  readonly kind: 'sql';
  readonly connection: StepConnection;
}

/** Where an SQL step runs: a database of the agent's own server, or wherever a libpq connection string leads. */
export type StepConnection =
  | { readonly kind: 'database'; readonly name: string }
  | { readonly kind: 'conninfo'; readonly conninfo: string };

export interface BatchStep extends StepBase {
  readonly kind: 'batch';
}

export type Step = SqlStep | BatchStep;
