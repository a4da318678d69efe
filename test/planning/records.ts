import type { ChainNow, JobRecord, RecordedChain } from '../../src/model/record.ts';

/** A live chain as a run wrote it. */
export function recordedChain(more: Partial<RecordedChain> = {}): RecordedChain {
  return { id: 7, name: 'job @ often', live: true, digest: 'as written', ...more };
}

/** A chain as it was written. */
export function chainNow(more: Partial<ChainNow> = {}): ChainNow {
  return { id: 7, live: true, digest: 'as written', retires: false, ...more };
}

/** A job of one chain that was moved, not handed over. */
export function jobRecord(more: Partial<JobRecord> = {}): JobRecord {
  return {
    jobId: 1,
    jobName: 'job',
    phase: 'moved',
    wasEnabled: true,
    wasNextRun: null,
    disabledBy: null,
    jobCreated: null,
    timeZone: null,
    disabledAt: null,
    plannedAt: Date.UTC(2026, 3, 16, 12),
    planDigest: 'as planned',
    chains: [recordedChain()],
    ...more,
  };
}
