import type { JobRecord } from '../model/record.ts';

/** What of a row of pga_job tells who disabled it. */
export interface RowState {
  readonly enabled: boolean;
  /** jobchanged, UTC as PostgreSQL writes it. */
  readonly changed: string | null;
  /** jobcreated, in the same form. */
  readonly created: string | null;
}

/** Whether a record is of this very job, and not of one that had its id before. */
export function isOfThisJob(row: RowState, record: JobRecord): boolean {
  return row.created === record.jobCreated;
}

/**
 * Whether it is this tool that has disabled a job, and nobody has enabled it since.
 * @param outcome what became of the transaction that was to disable it; null where the source does not know any more
 */
export function isDisabledByUs(
  row: RowState,
  record: JobRecord | null,
  outcome: 'committed' | 'aborted' | null,
): boolean {
  if (record === null || row.enabled || !record.wasEnabled || !isOfThisJob(row, record)) return false;
  if (record.phase === 'cut-over' || record.phase === 'undoing') return true;
  if (record.disabledAt === null) return false;
  // A cutover that stands halfway may have been broken off before or after it; others may have touched the job since.
  return outcome === null ? record.disabledAt === row.changed : outcome === 'committed';
}
