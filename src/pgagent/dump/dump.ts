import type { Failure } from '../../model/failure.ts';
import type { LoggedRuns, Start } from '../../model/history.ts';
import type { Job } from '../../model/job.ts';

/** What a dump holds of one pgAgent. */
export interface Dump {
  /** Of the server that was dumped, as the header says it: `15.8`; null where it does not. */
  readonly serverVersion: string | null;
  /** From \connect or CREATE DATABASE (pg_dump --create, pg_dumpall); null where the dump does not name it. */
  readonly database: string | null;
  /** Of the text: SET client_encoding. */
  readonly encoding: string;
  /** What the dump says of pgAgent's schema: `4`, of pgagent_schema_version(); null where it does not. */
  readonly schemaVersion: string | null;
  /** In the order of their ids; schedules and exceptions by id; steps by name in byte order, then by id. */
  readonly jobs: readonly Job[];
  /** Jobs with a row that no pgAgent could have meant: they lack it in `jobs`. Throw this where such a job is selected. */
  readonly malformed: ReadonlyMap<number, Failure>;
  /** How each job stood, by its id. */
  readonly states: ReadonlyMap<number, DumpedState>;
  /** What pga_joblog tells; null where the dump has no rows of that table. */
  readonly history: DumpedHistory | null;
  /** The stations of pga_jobagent. A row does not prove that an agent runs. */
  readonly agents: readonly string[];
  /** The newest time in pgAgent's rows that has passed when they were written, in milliseconds since 1970 UTC: the dump is no older. */
  readonly newestTime: number | null;
}

/** How a job stood when the dump was made. Times are UTC as PostgreSQL writes them, to the microsecond. */
export interface DumpedState {
  readonly enabled: boolean;
  readonly nextRun: string | null;
  readonly changed: string | null;
  readonly created: string | null;
  readonly lastRun: string | null;
  /** The agent's process id while it ran the job, or where an agent left it. */
  readonly agentId: number | null;
  /** What tells its host from others. */
  readonly host: string;
}

/** As `readHistory` gives it, counted back from `newestTime`, but for how many transactions ago a row was written. */
export interface DumpedHistory {
  /** Whether any job has a next run, or ever ran. */
  readonly isInUse: boolean;
  readonly latest: readonly Start[];
  readonly sample: readonly Start[];
  readonly logged: ReadonlyMap<number, LoggedRuns>;
}

export interface DumpOptions {
  /** How far the log is read, in days back from the newest time of the dump. */
  readonly historyDays: number;
  readonly signal?: AbortSignal;
}
