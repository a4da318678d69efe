import type { Advisory, JobPlan, Summary } from '../plan.ts';

/** Counts plans as they pass. */
export class Tally {
  private jobs = 0;
  private jobsMoved = 0;
  private jobsMovedInPart = 0;
  private jobsThatCannotRun = 0;
  private jobsLeftOut = 0;
  private chains = 0;
  private liveChains = 0;
  private tasks = 0;
  private parameters = 0;
  private skipped = 0;
  private readonly advisories = { info: 0, warning: 0, error: 0 };

  add(plan: JobPlan): void {
    this.jobs += 1;
    this.chains += plan.chains.length;
    this.skipped += plan.skipped.length;
    if (plan.moved === 'whole') this.jobsMoved += 1;
    else if (plan.moved === 'part') this.jobsMovedInPart += 1;
    else if (plan.advisories.some(({ severity }) => severity === 'error')) this.jobsLeftOut += 1;
    else this.jobsThatCannotRun += 1;
    for (const chain of plan.chains) {
      if (chain.live) this.liveChains += 1;
      this.tasks += chain.tasks.length;
      this.parameters += chain.tasks.reduce((sum, task) => sum + task.parameters.length, 0);
    }
    this.addAdvisories(plan.advisories);
  }

  addAdvisories(advisories: readonly Advisory[]): void {
    for (const { severity } of advisories) this.advisories[severity] += 1;
  }

  summary(written: boolean): Summary {
    const {
      jobs,
      jobsMoved,
      jobsMovedInPart,
      jobsThatCannotRun,
      jobsLeftOut,
      chains,
      liveChains,
      tasks,
      parameters,
      skipped,
    } = this;
    const advisories = { ...this.advisories };
    return {
      jobs,
      jobsMoved,
      jobsMovedInPart,
      jobsThatCannotRun,
      jobsLeftOut,
      chains,
      liveChains,
      tasks,
      parameters,
      skipped,
      advisories,
      written,
    };
  }
}
