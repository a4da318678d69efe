import type { History } from '../model/history.ts';
import type { Job } from '../model/job.ts';
import type { Advisory, PlanHeader } from '../model/plan.ts';
import type { CodeSearch } from '../pgagent/code-that-uses-pgagent.ts';
import type { SourceFacts } from '../pgagent/source.ts';
import type { Client } from '../postgres/connect.ts';
import type { TargetFacts } from '../timetable/target.ts';
import type { Context } from '../transform/context.ts';
import type { Clocks, LiveClocks } from './clocks.ts';
import type { CurrentJob } from './current-jobs.ts';
import type { DeletedJobs } from './deleted-jobs.ts';
import type { DumpFacts } from './dump/facts.ts';
import type { LiveLogins, Logins } from './logins.ts';
import type { DumpSettings, LiveSettings, Settings } from './settings.ts';

export type Side = 'source' | 'target';

/** What a run plans from and for: the jobs, wherever they are read, and what is known of both sides. */
export interface Session {
  readonly target: TargetFacts;
  /** null where no target is looked at. */
  readonly targetClient: Client | null;
  /** What counts as now by the clock of the source, milliseconds since 1970 UTC. */
  readonly sourceNow: number;
  readonly header: PlanHeader;
  readonly context: Context;
  readonly clocks: Clocks;
  /** What pgAgent ran; null where nobody looked. */
  readonly history: History | null;
  /** Those of the run, with the roles and the clock that the record says. */
  readonly settings: Settings;
  /** What came out of the record, in a sentence; null for nothing. */
  readonly fromRecord: string | null;
  /** What one job is planned by: the record may say more of it than the options of the run. */
  contextFor(current: CurrentJob): Context;
  /** What the record on the target calls this pgAgent. */
  readonly sourceKey: string;
  /** The same with what it is called where chains were written from a dump of it, its own name first. */
  readonly sourceKeys: readonly string[];
  /** Whether the target had a record that this user may read, when the session was opened. */
  readonly hasRecord: boolean;
  /** Whether pgAgent and pg_timetable live in one database, so that one transaction reaches both. */
  readonly isOneDatabase: boolean;
  /** How many they are. */
  countJobs(): Promise<number>;
  /** How many jobs of the source are not selected. */
  readonly excludedJobs: number;
  /**
   * The selected jobs in batches, with what tells how each stood before this tool touched it; as often as asked for, always
   * the same, since it is one snapshot.
   * @param ids those of them that are wanted; null for all
   */
  currentJobs(ids?: readonly number[] | null): AsyncGenerator<readonly CurrentJob[]>;
  /** Ends the snapshot, without waiting for that: from here on no transaction of this run is open, and no job can be read. */
  endSnapshot(): void;
  /** The selected jobs of the record that a live pgAgent no longer has. */
  deletedJobs(): Promise<DeletedJobs>;
  /** As whom local SQL steps ran, and as whom they will run; null where no target is looked at. */
  logins(): Promise<Logins | null>;
  /** What is to be said of the source itself, apart from its jobs. */
  readonly aboutSource: readonly Advisory[];
  /** What uses pgAgent's schema besides pgAgent itself; null where nobody can look. */
  codeThatUsesPgAgent(): Promise<CodeSearch | null>;
  close(): Promise<void>;
}

/** A session that can write to its target. */
export interface WritingSession extends Session {
  readonly targetClient: Client;
  /** A new session on the target, in place of one that was lost. It ends with this one. */
  connect(side: 'target'): Promise<Client>;
}

/** Both ends of a run, open, and what is known of them. */
export interface LiveSession extends WritingSession {
  readonly from: 'live';
  readonly source: SourceFacts;
  /** In the snapshot that the jobs are read in. */
  readonly sourceClient: Client;
  readonly settings: LiveSettings;
  readonly clocks: LiveClocks;
  logins(): Promise<LiveLogins>;
  /** Some jobs as they are in the snapshot, selected or not. */
  jobsOf(ids: readonly number[]): AsyncGenerator<Job>;
  /** A new session on a side, in place of one that was lost. It ends with this one. */
  connect(side: Side): Promise<Client>;
  /**
   * A session outside the snapshot, to be left in no transaction; opened when first asked for, and again where it was
   * lost. In one database both sides share it; in two, that of the target is `targetClient`. So no run has more than three
   * sessions on one server: a role may be allowed no more.
   */
  control(side: Side): Promise<Client>;
  /** The stations of the agents that are connected at this moment, whatever the snapshot holds. */
  agentsNow(): Promise<readonly string[]>;
}

/** The jobs of a dump, and a target to write them to. */
export interface WritingDumpSession extends WritingSession {
  readonly from: 'dump';
  readonly settings: DumpSettings;
  readonly dump: DumpFacts;
}

/** The jobs of a dump alone: nothing can be written. */
export interface LoneDumpSession extends Session {
  readonly from: 'dump';
  readonly targetClient: null;
  readonly settings: DumpSettings;
  readonly dump: DumpFacts;
}

export type DumpSession = WritingDumpSession | LoneDumpSession;

/** A session of a run that plans, wherever its jobs come from. */
export type PlanningSession = LiveSession | DumpSession;
