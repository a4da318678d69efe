import { getHeapStatistics } from 'node:v8';
import type { ChainPlan } from '../model/plan.ts';
import { onSide } from '../postgres/query-errors.ts';
import type { Session } from '../session/session.ts';
import type { Settings } from '../session/settings.ts';
import { versionOfChains } from '../timetable/chain-version.ts';
import { type ReconciledJob, reconciledJobs } from './reconciled-jobs.ts';

/** Bytes of finished plans that a run keeps, where the heap may grow to sixteen times as much. */
const MOST_KEPT = 32 * 1024 * 1024;
const BYTES_A_JOB = 12_000;
const BYTES_A_CHAIN = 500;
const BYTES_A_TASK = 250;

/** The jobs of a run, planned once: those that do not fit into memory are planned again when they are asked for again. */
export class PlannedJobs {
  private readonly kept: ReconciledJob[] = [];
  private readonly rest: number[] = [];
  private room: number;
  /** Of the chains before the first look at them; null where nothing is to be written. */
  private version: string | null = null;
  private readonly session: Session;
  private readonly settings: Settings;

  /** @param room bytes of plans that are kept */
  constructor(session: Session, settings: Settings, room = mostKept()) {
    this.session = session;
    this.settings = settings;
    this.room = room;
  }

  /** Plans them, in the order of their ids; to be read to its end, and once. */
  async *plan(): AsyncGenerator<ReconciledJob> {
    if (!this.settings.dryRun) this.version = await this.versionNow();
    for await (const reconciled of reconciledJobs(this.session, this.settings)) {
      this.room -= sizeOf(reconciled);
      if (this.room >= 0 && this.rest.length === 0) this.kept.push(reconciled);
      else this.rest.push(reconciled.job.id);
      yield reconciled;
    }
  }

  /** The same jobs, as often as asked for, each as it was planned. */
  async *again(): AsyncGenerator<ReconciledJob> {
    yield* this.kept;
    if (!this.isKept) yield* reconciledJobs(this.session, this.settings, this.rest);
  }

  /** The same jobs for the transaction that writes them: held against the target again where its chains have changed. */
  async *toWrite(): AsyncGenerator<ReconciledJob> {
    const isAsSeen = (await this.versionNow()) === this.version;
    yield* isAsSeen ? this.again() : reconciledJobs(this.session, this.settings);
  }

  /** Whether reading them again asks no database. */
  get isKept(): boolean {
    return this.rest.length === 0;
  }

  private async versionNow(): Promise<string | null> {
    const { target, targetClient } = this.session;
    // Who may not read them hears that from the preflight.
    if (targetClient === null || target.missingRights.length > 0) return null;
    return onSide('target', () => versionOfChains(targetClient));
  }
}

function mostKept(): number {
  return Math.min(MOST_KEPT, getHeapStatistics().heap_size_limit / 16);
}

// Code stands in every chain of its job, as one text in memory.
function sizeOf({ job, plan }: ReconciledJob): number {
  const code = job.steps.reduce((sum, step) => sum + step.code.length, 0);
  return plan.chains.reduce((sum, chain) => sum + sizeOfChain(chain), BYTES_A_JOB + 2 * code);
}

function sizeOfChain({ tasks }: ChainPlan): number {
  return BYTES_A_CHAIN + BYTES_A_TASK * tasks.length;
}
