import { type Decision, groupOf, ofOneJob, type StayingJob } from '../model/groups.ts';
import type { Advisory, JobPlan } from '../model/plan.ts';
import { DECISIONS } from '../transform/advisories/decisions.ts';

const MOST_STAYING_KEPT = 1_000;

/** Gathers what has to be decided about the jobs of a run, and which stay, as their plans pass. */
export class Decisions {
  private readonly counts = new Map<string, number>();
  private readonly kept: StayingJob[] = [];
  private readonly ofRun: Omit<Decision, 'jobs'>[] = [];

  add(plan: JobPlan, because: readonly string[] = []): void {
    const group = groupOf(plan);
    if (group === 'decide') {
      const codes = new Set(plan.advisories.filter(isWarning).map(({ code }) => code));
      for (const code of codes) this.counts.set(code, (this.counts.get(code) ?? 0) + 1);
    }
    if (group === 'stay' && this.kept.length < MOST_STAYING_KEPT) this.kept.push(stayingJob(plan, because));
  }

  /** Adds what is to be said of the run as a whole. */
  addRun(advisories: readonly Advisory[]): void {
    this.ofRun.push(...advisories.filter(isWarning).map(({ code }) => ({ code, ...wordsOf(code) })));
  }

  /** What has to be decided about the run as a whole: how many jobs it concerns is not known. */
  get aboutRun(): readonly Omit<Decision, 'jobs'>[] {
    return this.ofRun;
  }

  /** Most jobs first. */
  get decisions(): readonly Decision[] {
    return [...this.counts]
      .map(([code, jobs]) => ({ code, jobs, ...wordsOf(code) }))
      .sort((a, b) => b.jobs - a.jobs || (a.code < b.code ? -1 : 1));
  }

  /** In the order of the jobs, the first thousand. */
  get staying(): readonly StayingJob[] {
    return this.kept;
  }
}

const isWarning = ({ severity }: Advisory): boolean => severity !== 'info';

function wordsOf(code: string): Pick<Decision, 'what' | 'option'> {
  return DECISIONS[code] ?? { what: `have the advisory ${code}`, option: null };
}

function stayingJob(
  { jobId, jobName, action, advisories, skipped }: JobPlan,
  because: readonly string[],
): StayingJob {
  const about = { jobId, jobName };
  const [first] = because;
  if (first !== undefined)
    return { ...about, what: first, option: action === 'skip' ? '--on-conflict replace' : null };
  const error = advisories.find(({ severity }) => severity === 'error');
  if (error !== undefined)
    return { ...about, what: ofOneJob(wordsOf(error.code).what), option: wordsOf(error.code).option };
  return { ...about, what: skipped[0]?.message ?? '', option: null };
}
