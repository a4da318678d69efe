import type { History } from '../model/history.ts';
import type { Job } from '../model/job.ts';
import type { CodeSearch } from './code-that-uses-pgagent.ts';
import type { JobRow } from './job-rows.ts';
import type { SharedNames } from './read-jobs.ts';

/** The jobs of a source, as far as they are known before the first is read. */
export interface KnownJobs {
  /** Those that are asked for; null for all. */
  readonly jobIds: readonly number[] | null;
  /** How many these are. */
  readonly jobCount: number;
  /** How many others the source has. */
  readonly excludedJobs: number;
  readonly shared: SharedNames;
  /** What jobs are bound to; '' for any host. */
  readonly hosts: ReadonlySet<string>;
}

/** Where jobs are read from: a live pgAgent, or a dump of one. */
export interface JobSource extends KnownJobs {
  /** What pgAgent ran, on its way; null where nobody wants it, or it cannot be seen. */
  readonly history: Promise<Omit<History, 'zone'>> | null;
  /**
   * The jobs in the order of their ids.
   * @param ids those of them that are wanted; null for all
   */
  jobs(ids: readonly number[] | null): AsyncGenerator<Job>;
  /** How jobs stand, by id. */
  rows(ids: readonly number[]): Promise<ReadonlyMap<number, JobRow>>;
  /** What became of transactions of its server, by their ids: null where it has forgotten them. */
  outcomesOf(transactionIds: readonly string[]): Promise<ReadonlyMap<string, 'committed' | 'aborted' | null>>;
  /** What uses pgAgent's schema besides pgAgent itself; null where nobody can look. */
  codeThatUsesPgAgent(): Promise<CodeSearch | null>;
}
