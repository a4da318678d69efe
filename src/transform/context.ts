import type { History, JobHistory } from '../model/history.ts';
import type { PlanOptions } from '../model/plan.ts';
import type { Zone } from '../model/zone.ts';
import type { Conninfo } from '../postgres/conninfo.ts';
import type { NamedShell, Shell } from './step/shell.ts';

/** All that a job's plan depends on besides the job itself. */
export interface Context {
  /** The source's clock, milliseconds since 1970 UTC. */
  readonly now: number;
  /** The schedules whose chain name needs the schedule's id to be the only one of that name. */
  readonly ambiguousSchedules: ReadonlySet<number>;
  /** What the chains of schedules are called by now, whatever their job and schedule are called since. */
  readonly recordedNames?: ReadonlyMap<number, string>;
  /** The jobs whose name another job has too. */
  readonly ambiguousJobs: ReadonlySet<number>;
  /** pgAgent's database, and what tells its server from others. */
  readonly source: {
    readonly database: string;
    readonly server: string;
    /** PostgreSQL's name of the encoding that pgAgent got texts in. */
    readonly encoding: string;
    /** Whether its server runs on Windows, as far as its version() tells. */
    readonly isOnWindows: boolean;
    /** As which pgAgent ran the steps that name only a database; null for a dump, which does not tell. */
    readonly role: string | null;
  };
  /** What pg_timetable's wall clock shows. */
  readonly zone: Zone;
  readonly target: TargetTraits;
  /** What pgAgent ran so far, the job itself and all together; null where nobody looked. */
  readonly history: { readonly own: JobHistory; readonly all: History } | null;
  readonly options: TransformOptions;
}

/** What the target is and can hold. */
export interface TargetTraits {
  /** pg_timetable's own database. */
  readonly database: string;
  /** Whether pgAgent's steps with only a database name run on the very server that pg_timetable lives in. */
  readonly isSourceServer: boolean;
  /** timetable.task.live, since 7.0 */
  readonly hasTaskLive: boolean;
  /** pg_timetable 6 and up: its driver knows sslnegotiation. */
  readonly knowsSslNegotiation: boolean;
  /** pg_timetable.current_client_name is set in autonomous tasks: recorded for 5.13 and later. */
  readonly knowsClientName: boolean;
  /** The names of the pg_timetable clients that are connected now. */
  readonly connectedClients: readonly string[];
  /** These, the names that chains are bound to already, and those that the jobs of the source name. */
  readonly knownClients: readonly string[];
  /** PostgreSQL's name of the encoding that pg_timetable gets texts in. */
  readonly encoding: string;
  /** How this run reached it, and as which role pg_timetable will. */
  readonly endpoint: {
    readonly host: string;
    readonly port: number;
    readonly role: string;
  };
  /** The settings of the target that end a transaction which lasts or idles too long, as `name = value`. */
  readonly transactionTimeouts: readonly string[];
}

export interface TransformOptions
  extends Pick<
    PlanOptions,
    | 'schedules'
    | 'onDemand'
    | 'overlap'
    | 'lastDay'
    | 'allowManyChains'
    | 'stripPasswords'
    | 'everyClient'
    | 'disableSource'
  > {
  readonly shell: Shell;
  /** `joined`: SQL steps of one connection that follow one another are one task, each committed by itself. */
  readonly transaction: 'step' | 'chain' | 'joined';
  /** By the id or a pattern of the name of a job. */
  readonly jobTransactions: ReadonlyMap<string, 'step' | 'chain' | 'joined'>;
  /** The shells for the jobs of some hosts; '' is the host name of a job that any agent may run. */
  readonly hostShells: ReadonlyMap<string, NamedShell>;
  /** Take what can be carried over of a job that cannot be carried over whole. */
  readonly partial: boolean;
  /** Create every chain with live = false. */
  readonly paused: boolean;
  /** The chains of jobs that stood still are not live: by what the log says now, or `held` for a job of which it was decided before. */
  readonly pauseDormant: boolean | 'held';
  /** pgAgent's host name → pg_timetable's client name; '' is the host name of a job that any agent may run. */
  readonly clientNames: ReadonlyMap<string, string>;
  /** How pg_timetable reaches the server that steps with only a database name run on; without dbname. */
  readonly stepConninfo: Conninfo | null;
}
