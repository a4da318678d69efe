import type { JobSource } from '../../pgagent/job-source.ts';
import type { Client } from '../../postgres/connect.ts';
import { onSide } from '../../postgres/query-errors.ts';
import { together } from '../../postgres/together.ts';
import { findDumpedJobs } from '../../timetable/dumped-records.ts';
import { countOptions } from '../../timetable/record.ts';
import type { OptionCount } from '../recorded-options.ts';

/** What the record of a target holds of this source before its jobs are read. */
export interface RecordOfSource {
  /** By which options its jobs moved. */
  readonly counts: readonly OptionCount[];
  /** What it calls this pgAgent where chains were written from a dump of it. */
  readonly dumpKeys: readonly string[];
  /** By which options these were. */
  readonly dumpCounts: readonly OptionCount[];
}

export const NO_RECORD: RecordOfSource = { counts: [], dumpKeys: [], dumpCounts: [] };

/**
 * Looks a source up in the record of the target. A dump of it is known by its jobs: one of the same id was created at the
 * same microsecond.
 * @param sourceKey what the record calls the source itself
 */
export async function recordOfSource(
  targetClient: Client,
  sourceKey: string,
  { jobIds, rows }: Pick<JobSource, 'jobIds' | 'rows'>,
): Promise<RecordOfSource> {
  const [own, dumped] = await together([
    onSide('target', () => countOptions(targetClient, sourceKey, jobIds)),
    onSide('target', () => findDumpedJobs(targetClient)),
  ]);
  const others = dumped.filter(({ source }) => source !== sourceKey);
  if (others.length === 0) return { ...NO_RECORD, counts: own };
  const now = await rows(others.map(({ jobId }) => jobId));
  const same = others.filter(({ jobId, jobCreated }) => now.get(jobId)?.created === jobCreated);
  const dumpKeys = [...new Set(same.map(({ source }) => source))];
  const ofDumps = await together(
    dumpKeys.map((key) => onSide('target', () => countOptions(targetClient, key, jobIds))),
  );
  return { counts: own, dumpKeys, dumpCounts: ofDumps.flat() };
}

/** The options of a dump for its live source, which tells its clock, and sorts the steps itself. */
export function forLiveSource({ options, jobs }: OptionCount): OptionCount {
  const { collation: _, ...others } = options;
  return { jobs, options: { ...others, sourceTimeZone: null, acceptTimeZone: false } };
}
