import type { JobRecord } from '../record.ts';

/** What of a row of pga_job tells who disabled it. */
export interface RowState {
  readonly enabled: boolean;
  /** jobchanged, UTC as PostgreSQL writes it. */
  readonly changed: string | null;
}

/** Whether it is this tool that has disabled a job, and nobody has enabled it since. */
export function isDisabledByUs(row: RowState, record: JobRecord | null): boolean {
  if (record === null || row.enabled || !record.wasEnabled) return false;
  // A cutover or an undo that stands half-way knows its own work by the time that it gave the job.
  return record.phase === 'cut-over' || (record.disabledAt !== null && record.disabledAt === row.changed);
}
