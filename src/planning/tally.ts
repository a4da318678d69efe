import { groupOf } from '../model/groups.ts';
import type { Advisory, JobPlan, Summary } from '../model/plan.ts';

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

/** Counts plans as they pass. */
export class Tally {
  private readonly counts: Writable<Omit<Summary, 'advisories' | 'groups' | 'written'>> = {
    jobs: 0,
    jobsMoved: 0,
    jobsMovedInPart: 0,
    jobsThatCannotRun: 0,
    jobsLeftOut: 0,
    jobsKept: 0,
    jobsSwitched: 0,
    jobsReplaced: 0,
    jobsSkipped: 0,
    chains: 0,
    liveChains: 0,
    tasks: 0,
    parameters: 0,
    skipped: 0,
    expiredExceptions: 0,
  };
  private readonly advisories = { info: 0, warning: 0, error: 0 };
  private readonly groups;
  private readonly areAllChanged: boolean;

  /**
   * @param excluded how many jobs of the source the run leaves out
   * @param areAllChanged whether the run changes when all jobs run
   */
  constructor(excluded = 0, areAllChanged = false) {
    this.areAllChanged = areAllChanged;
    this.groups = { unchanged: 0, paused: 0, decide: 0, stay: 0, notScheduled: 0, excluded };
  }

  /** @param isSwitched whether a job that is kept goes live or stops, or is handed over */
  add(plan: JobPlan, isSwitched = false): void {
    const { counts } = this;
    counts.jobs += 1;
    this.addGroup(plan);
    // A skipped job moves no more than one that is left out.
    if (plan.action !== 'skip' || plan.moved === 'none') counts[fate(plan)] += 1;
    // Chains whose schedules are over stay too, and are not planned any more.
    if (plan.action === 'keep' && plan.chains.length > 0) counts.jobsKept += 1;
    if (plan.action === 'keep' && isSwitched) counts.jobsSwitched += 1;
    if (plan.action === 'replace') counts.jobsReplaced += 1;
    if (plan.action === 'skip') counts.jobsSkipped += 1;
    counts.chains += plan.chains.length;
    counts.skipped += plan.skipped.length;
    counts.expiredExceptions += plan.expiredExceptions;
    for (const chain of plan.chains) {
      if (chain.live) counts.liveChains += 1;
      counts.tasks += chain.tasks.length;
      counts.parameters += chain.tasks.reduce((sum, task) => sum + task.parameters.length, 0);
    }
    this.addAdvisories(plan.advisories);
  }

  private addGroup(plan: JobPlan): void {
    const group = groupOf(plan, this.areAllChanged);
    this.groups[group === 'not-scheduled' ? 'notScheduled' : group] += 1;
    if (group === 'unchanged' && plan.chains.every(({ live }) => !live)) this.groups.paused += 1;
  }

  addAdvisories(advisories: readonly Advisory[]): void {
    for (const { severity } of advisories) this.advisories[severity] += 1;
  }

  summary(written: boolean): Summary {
    return { ...this.counts, advisories: { ...this.advisories }, groups: { ...this.groups }, written };
  }
}

function fate({
  moved,
  skipped,
}: JobPlan): 'jobsMoved' | 'jobsMovedInPart' | 'jobsLeftOut' | 'jobsThatCannotRun' {
  if (moved === 'whole') return 'jobsMoved';
  if (moved === 'part') return 'jobsMovedInPart';
  return skipped.some(({ reason }) => reason === 'job-left-out') ? 'jobsLeftOut' : 'jobsThatCannotRun';
}
