import type { PlanHeader, ServerFacts } from '../../src/model/plan.ts';
import type { Check } from '../../src/model/preflight.ts';

const SERVER: ServerFacts = {
  host: 'db1.example.org:5432',
  database: 'postgres',
  user: 'me',
  serverVersion: '15.7 (Debian 15.7-0+deb12u1)',
  schemaVersion: '4.2',
  timeZone: 'Europe/Berlin',
  identity: '7312345678901234567',
};

export const HEADER: PlanHeader = {
  planVersion: 2,
  plannedAt: '2026-03-01T09:00:00.125Z',
  source: SERVER,
  target: { ...SERVER, database: 'app', schemaVersion: '7.0.0' },
  options: {
    shell: 'sh',
    hostShells: {},
    partial: false,
    paused: false,
    pauseDormant: false,
    history: 90,
    schedules: 'pending',
    onDemand: false,
    overlap: 'keep',
    lastDay: 'keep',
    allowManyChains: false,
    transaction: 'step',
    jobTransactions: {},
    stripPasswords: false,
    acceptTimeZone: false,
    jobs: [],
    excludedJobs: [],
    clientNames: {},
    everyClient: false,
    stepConninfo: null,
    sourceRole: null,
    targetRole: null,
    sourceTimeZone: null,
    disableSource: false,
  },
};

/** One of each kind. */
export const CHECKS: readonly Check[] = [
  { check: 'source-version', status: 'ok', message: 'All is well there.', remedy: null },
  { check: 'program-tasks', status: 'note', message: 'This cannot be seen.', remedy: 'Look elsewhere.' },
  { check: 'clients', status: 'warning', message: 'Nobody is there.', remedy: 'Start one.' },
  { check: 'target-recovery', status: 'stop', message: 'It cannot be written.', remedy: 'Go elsewhere.' },
];

export async function* stream<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}
