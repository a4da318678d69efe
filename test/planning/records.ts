import type { ChainNow, JobRecord, RecordedChain, RecordedOptions } from '../../src/model/record.ts';

/** A live chain as a run wrote it. */
export function recordedChain(more: Partial<RecordedChain> = {}): RecordedChain {
  return { id: 7, name: 'job @ often', live: true, digest: 'as written', ...more };
}

/** A chain as it was written. */
export function chainNow(more: Partial<ChainNow> = {}): ChainNow {
  return { id: 7, live: true, digest: 'as written', retires: false, ...more };
}

/** Those of a run that names no option. */
export const NO_OPTIONS: RecordedOptions = {
  schedules: 'pending',
  onDemand: false,
  partial: false,
  shell: 'sh',
  transaction: 'step',
  overlap: 'keep',
  lastDay: 'keep',
  allowManyChains: false,
  clientNames: {},
  everyClient: false,
  stepConninfo: null,
  stripPasswords: false,
  pauseDormant: false,
  sourceRole: null,
  targetRole: null,
  sourceTimeZone: null,
  acceptTimeZone: false,
};

/** A job of one chain that was moved, not handed over. */
export function jobRecord(more: Partial<JobRecord> = {}): JobRecord {
  return {
    source: 'db1:5432/app',
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
    stop: null,
    options: null,
    chains: [recordedChain()],
    ...more,
  };
}
