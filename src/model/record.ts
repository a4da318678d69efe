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
  /** Of which schedule it is; null for a job that is started by hand. Version 0.1.0 kept none. */
  readonly scheduleId?: number | null;
}

/** The options that shaped the chains of one job, as far as they are about it. No password is among them. */
export interface RecordedOptions {
  readonly schedules: 'pending' | 'active' | 'all';
  readonly onDemand: boolean;
  readonly partial: boolean;
  /** What ran its batch steps. */
  readonly shell: string;
  readonly transaction: 'step' | 'chain' | 'joined';
  readonly overlap: 'keep' | 'exact';
  readonly lastDay: 'keep' | 'honor';
  readonly allowManyChains: boolean;
  /** The client of its host; empty where none was named. */
  readonly clientNames: Readonly<Record<string, string>>;
  /** Of a job of any host alone. */
  readonly everyClient: boolean;
  /** Passwords are masked; null also where the job has no step that needs it. */
  readonly stepConninfo: string | null;
  readonly stripPasswords: boolean;
  /** Whether its chains are paused since it stood still (--pause-dormant); absent in older records. */
  readonly pauseDormant?: boolean;
  readonly sourceRole: string | null;
  readonly targetRole: string | null;
  readonly sourceTimeZone: string | null;
  /** Only of chains that were written from a dump, where one was named. */
  readonly collation?: string;
  readonly acceptTimeZone: boolean;
}

/** When an undo stopped the chains of a job, and up to which minutes they ran. Milliseconds since 1970 UTC, by the source's clock. */
export interface RecordedStop {
  readonly at: number;
  /** The last minute that the clients ran for certain. */
  readonly ranUpTo: number;
  /** The last that they may have run: certainly none after it. */
  readonly mayHaveRunUpTo: number;
  /** The last minute that pgAgent does not run: noted before the job is enabled again. */
  readonly missedUpTo?: number;
}

/** What the tool keeps on the target of each job that it moved. */
export interface JobRecord {
  /** What the record calls the pgAgent that it came from. */
  readonly source: string;
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
  /** null in a record of version 0.1.0, which kept none. */
  readonly options: RecordedOptions | null;
  /** null before an undo stops the chains; version 0.1.0 kept none. */
  readonly stop: RecordedStop | null;
  readonly chains: readonly RecordedChain[];
}

/** A recorded chain as it stands now. */
export interface ChainNow {
  readonly id: number;
  readonly live: boolean;
  readonly digest: string;
  /** Whether it takes itself out of service after an end. */
  readonly retires: boolean;
}

export interface LiveChange {
  readonly chainId: number;
  readonly live: boolean;
}
