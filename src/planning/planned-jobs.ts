import { onSide } from '../postgres/query-errors.ts';
import type { Session } from '../session/session.ts';
import type { Settings } from '../session/settings.ts';
import { versionOfChains } from '../timetable/chain-version.ts';
import { PackedJobs } from './packed-jobs.ts';
import { type ReconciledJob, reconciledJobs } from './reconciled-jobs.ts';

/** Bytes of finished plans that a run keeps: some 70,000 jobs of three steps and two schedules. */
const MOST_KEPT = 32 * 1024 * 1024;

/** The jobs of a run, planned once: those that do not fit into memory are planned again when they are asked for again. */
export class PlannedJobs {
  private readonly kept: PackedJobs;
  private readonly rest: number[] = [];
  /** Of the chains before the first look at them; null where nothing is to be written. */
  private version: string | null = null;
  private readonly session: Session;
  private readonly settings: Settings;

  /** @param room bytes of plans that are kept */
  constructor(session: Session, settings: Settings, room = MOST_KEPT) {
    this.session = session;
    this.settings = settings;
    this.kept = new PackedJobs(room);
  }

  /** Plans them, in the order of their ids; to be read to its end, and once. */
  async *plan(): AsyncGenerator<ReconciledJob> {
    if (!this.settings.dryRun) this.version = await this.versionNow();
    for await (const reconciled of reconciledJobs(this.session, this.settings)) {
      this.rest.push(...this.kept.add(reconciled));
      yield reconciled;
    }
  }

  /** The same jobs, as often as asked for, each as it was planned. */
  async *again(): AsyncGenerator<ReconciledJob> {
    for (const job of this.kept.jobs()) yield { ...job, context: this.session.contextFor(job) };
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
