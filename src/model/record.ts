/**
 * How far a job has come:
 * - `moved`: its chains are written; pgAgent still has the job as it was
 * - `cutting-over`: its chains wait, not live; the job is about to be disabled, or has been
 * - `cut-over`: the job is disabled and its chains have taken over
 * - `undoing`: its chains have been stopped; the job is about to be enabled again, or has been
 */
export type Phase = 'moved' | 'cutting-over' | 'cut-over' | 'undoing';

/** A chain as a run wrote it. */
export interface RecordedChain {
  readonly id: number;
  readonly name: string;
  /** What `live` is to be once the job has been handed over. */
  readonly live: boolean;
  /** Of all that the chain does, `live` apart: tells whether it was changed by hand since. */
  readonly digest: string;
}

/** What the tool keeps on the target of each job that it moved. */
export interface JobRecord {
  readonly jobId: number;
  readonly jobName: string;
  /** Its jobcreated, UTC as PostgreSQL writes it: tells it from a later job of the same id. */
  readonly jobCreated: string | null;
  readonly phase: Phase;
  /** How the job stood in pgAgent before the tool touched it. */
  readonly wasEnabled: boolean;
  /** Its jobnextrun at that time, UTC as PostgreSQL writes it; null for none. */
  readonly wasNextRun: string | null;
  /** The jobchanged that disabling gave the job, UTC as PostgreSQL writes it: by this a half-finished cutover knows its own work. */
  readonly disabledAt: string | null;
  /** The transaction of the source that disabled it, or was to: asked for where jobchanged does not tell. */
  readonly disabledBy: string | null;
  /** pgAgent's time zone as it moved. */
  readonly timeZone: string | null;
  /** The clock by which it was planned, milliseconds since 1970 UTC. */
  readonly plannedAt: number;
  /** Of the chains as planned, `live` apart. */
  readonly planDigest: string;
  readonly chains: readonly RecordedChain[];
}

/** A recorded chain as it stands now. */
export interface ChainNow {
  readonly id: number;
  readonly live: boolean;
  readonly digest: string;
  /** Whether it takes itself out of service behind an end. */
  readonly retires: boolean;
}

export interface LiveChange {
  readonly chainId: number;
  readonly live: boolean;
}
