import { Failure } from '../model/failure.ts';
import type { JobPlan, PlanHeader } from '../model/plan.ts';
import { headerNotes, otherConditions, otherDatabases } from './compare-header.ts';
import { jobDifferences } from './compare-job.ts';
import { type PlanKey, stray } from './key.ts';
import type { PlanFile } from './read.ts';
import { Seal } from './seal.ts';
import { timeNotes } from './time-notes.ts';

/** A plan that was saved and is to be applied. */
export interface SavedPlan extends PlanFile {
  /** null where nothing in it is masked. */
  readonly key: PlanKey | null;
  /** How the target was reached when it was made. */
  readonly targetAddress: { readonly host: string; readonly port: number };
}

const MOST_LINES = 20;
const MOST_LINES_A_JOB = 5;
/** Milliseconds that the clocks of a source and of its former primary may be apart. */
const CLOCK_SLACK = 60_000;

/** Holds a saved plan against what is planned anew with its options and for its instant. */
export class Comparison {
  private readonly lines: string[] = [];
  private readonly noted: string[] = [];
  private notedCount = 0;
  private count = 0;
  private readonly isElsewhere: boolean;
  private readonly rest: Map<number, JobPlan>;
  private readonly saved: PlanFile;
  private readonly seal: Seal;

  /**
   * @param header of what is planned anew
   * @param sourceNow the source's clock, milliseconds since 1970 UTC
   */
  constructor(saved: SavedPlan, header: PlanHeader, sourceNow: number) {
    this.saved = saved;
    this.rest = new Map(saved.jobs);
    const { key } = saved;
    // Without a key in the plan it only counts that something is masked.
    const other = key ?? stray();
    this.seal = new Seal(() => other);
    const databases = otherDatabases(saved.header, header);
    this.isElsewhere = databases.length > 0;
    this.addLines(databases);
    if (this.isElsewhere) return;
    this.addLines(otherConditions(saved.header, this.seal.header(header)));
    if (saved.plannedAt > sourceNow + CLOCK_SLACK)
      this.addLines([`it is of ${saved.header.plannedAt}, which the clock of the source has not reached`]);
    this.note(headerNotes(saved.header, header));
  }

  /**
   * Takes the next job of the source.
   * @param plan with the plan's instant as now
   * @param planNow with the instant of this run
   */
  add(plan: JobPlan, planNow: JobPlan): void {
    if (this.isElsewhere) return;
    const was = this.rest.get(plan.jobId);
    this.rest.delete(plan.jobId);
    const label = labelOf(plan);
    if (was === undefined) {
      if (plan.chains.length > 0) this.addLines([`${label} is new`]);
      return;
    }
    const found = jobDifferences(was, this.seal.job(plan));
    this.addLines(found.map((difference) => `${label}: ${difference}`));
    this.note(timeNotes(plan, planNow).map((note) => `${label}: ${note}`));
  }

  /** What changed, or null; for the time after the last job. */
  failure(): Failure | null {
    if (!this.isElsewhere)
      for (const job of this.rest.values())
        if (job.chains.length > 0) this.addLines([`${labelOf(job)} is gone`]);
    this.rest.clear();
    if (this.count === 0) return null;
    const more = this.count - this.lines.length;
    return new Failure(
      'conflict',
      `The plan ${this.saved.file} no longer fits the databases.`,
      'Make a new plan, read it, and apply that. If nobody changed the databases, the file was edited.',
      { details: more > 0 ? [...this.lines, `and ${more} more`] : this.lines },
    );
  }

  /** What is another by now and does not matter. */
  notes(): readonly string[] {
    const more = this.notedCount - this.noted.length;
    return more > 0 ? [...this.noted, `and ${more} more`] : this.noted;
  }

  private note(notes: readonly string[]): void {
    this.notedCount += notes.length;
    this.noted.push(...notes.slice(0, MOST_LINES - this.noted.length));
  }

  private addLines(found: readonly string[]): void {
    this.count += found.length;
    this.lines.push(...found.slice(0, Math.min(MOST_LINES_A_JOB, MOST_LINES - this.lines.length)));
  }
}

function labelOf({ jobId, jobName }: JobPlan): string {
  return `job ${jobId} "${jobName}"`;
}
