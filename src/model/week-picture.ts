/** Runs in one hour of the week, by its place: the first 24 are Monday's. */
export type HoursOfWeek = readonly number[];

/** When jobs run before and after a move, over some whole weeks. */
export interface WeekPicture {
  /** Beginning and end of the weeks by the target's wall clock, ISO 8601 with its offset; the end is excluded. */
  readonly from: string;
  readonly until: string;
  readonly weeks: number;
  /** Changes of the clocks of either side in these weeks: ISO 8601 of the target's clock. */
  readonly clockChanges: readonly string[];
  readonly before: HoursOfWeek;
  readonly after: HoursOfWeek;
  /** The same without the jobs that run in every hour of the week, before or after. */
  readonly others: {
    readonly before: HoursOfWeek;
    readonly after: HoursOfWeek;
    readonly differingHours: readonly number[];
    /** How many jobs are left out, and how many of these differ. */
    readonly leftOut: number;
    readonly leftOutDiffering: number;
  };
  /** How many clients of pg_timetable are known: each runs the chains that are bound to none. */
  readonly clients: number;
  /** The hours in which a job runs in other minutes, or more than once in one, ascending. */
  readonly differingHours: readonly number[];
  /** Jobs that run in these weeks, stay on pgAgent, and count as running there before and after. */
  readonly stayingJobs: number;
  /** Jobs that run before in these weeks, and of whose chains none is live. */
  readonly waitingJobs: number;
  /** Jobs that move, and that pgAgent ran less often than is ticked, as their advisories say. */
  readonly underrunJobs: number;
  readonly differences: readonly JobDifference[];
  /** How many jobs differ, listed or not. */
  readonly differingJobs: number;
  readonly busiest: readonly BusyMinutes[];
}

/** A job that does not run after as it did before. */
export interface JobDifference {
  readonly jobId: number;
  readonly jobName: string;
  /** Minutes in which pgAgent runs it and pg_timetable does not. */
  readonly lost: number;
  /** Minutes in which pg_timetable runs it and pgAgent does not. */
  readonly added: number;
  /** Runs beyond the first in a minute in which several of its chains start, or one on several clients. */
  readonly repeated: number;
  /** Whether a live chain of it runs on several clients. */
  readonly isOnEveryClient: boolean;
  /** Whether any of its chains is live. */
  readonly isLive: boolean;
  /** Where, ascending. */
  readonly hours: readonly { readonly hour: number; readonly before: number; readonly after: number }[];
}

/** Minutes in which the same chains start together. */
export interface BusyMinutes {
  /** The first of them: ISO 8601 of the target's clock. */
  readonly first: string;
  /** How many such minutes there are in the weeks. */
  readonly minutes: number;
  /** How many chains start in each. */
  readonly starts: number;
  /** Some of their names. */
  readonly chainNames: readonly string[];
}
