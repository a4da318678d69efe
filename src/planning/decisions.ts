import { type Decision, groupOf, ofOneJob, type StayingJob } from '../model/groups.ts';
import type { Advisory, JobPlan } from '../model/plan.ts';
import { DECISIONS } from '../transform/advisories/decisions.ts';
import type { Action, Remedy } from './reconcile.ts';

const MOST_STAYING_KEPT = 1_000;

/** Gathers what has to be decided about the jobs of a run, and which stay, as their plans pass. */
export class Decisions {
  private readonly counts = new Map<string, { jobs: number; readonly first: NonNullable<Decision['job']> }>();
  private readonly kept: StayingJob[] = [];
  private readonly ofRun: Decision[] = [];
  private readonly areAllChanged: boolean;

  /** @param areAllChanged whether the run changes when all jobs run */
  constructor(areAllChanged = false) {
    this.areAllChanged = areAllChanged;
  }

  /** @param action what becomes of it on the target */
  add(plan: JobPlan, action: Action = { kind: 'none' }): void {
    const group = groupOf(plan, this.areAllChanged);
    if (group === 'decide') {
      const { jobId, jobName } = plan;
      const codes = new Set(plan.advisories.filter(isWarning).map(({ code }) => code));
      for (const code of codes) {
        const count = this.counts.get(code) ?? { jobs: 0, first: { jobId, jobName } };
        this.counts.set(code, { ...count, jobs: count.jobs + 1 });
      }
    }
    if (group === 'stay' && this.kept.length < MOST_STAYING_KEPT) this.kept.push(stayingJob(plan, action));
  }

  /** Adds what is to be said of the run as a whole. */
  addRun(advisories: readonly Advisory[]): void {
    this.ofRun.push(
      ...advisories.filter(isWarning).map(({ code }) => ({ code, jobs: null, ...wordsOf(code) })),
    );
  }

  /** Those about the run as a whole, then those about jobs, most jobs first. */
  get decisions(): readonly Decision[] {
    const ofJobs = [...this.counts]
      .map(([code, { jobs, first }]) => ({
        ...{ code, jobs, ...(jobs === 1 ? { job: first } : {}) },
        ...wordsOf(code),
      }))
      .sort((a, b) => b.jobs - a.jobs || (a.code < b.code ? -1 : 1));
    return [...this.ofRun, ...ofJobs];
  }

  /** In the order of the jobs, the first thousand. */
  get staying(): readonly StayingJob[] {
    return this.kept;
  }
}

/** The option that would let a run go on with a job in conflict; the others are no options of this run. */
const OPTION_OF_REMEDY: Readonly<Record<Remedy, string | null>> = {
  replace: '--on-conflict replace',
  force: '--on-conflict replace --force',
  undo: null,
  adopt: null,
};

const isWarning = ({ severity }: Advisory): boolean => severity !== 'info';

function wordsOf(code: string): Pick<Decision, 'what' | 'option'> {
  return DECISIONS[code] ?? { what: `have the advisory ${code}`, option: null };
}

function stayingJob({ jobId, jobName, advisories, skipped }: JobPlan, action: Action): StayingJob {
  const isInConflict = action.kind === 'skip' || action.kind === 'conflict';
  const about = { jobId, jobName, isInConflict };
  if (isInConflict)
    return { ...about, what: action.because[0] ?? '', option: OPTION_OF_REMEDY[action.remedy] };
  const errors = advisories.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  const words = [...new Set(errors)].map(wordsOf);
  if (words.length === 0) return { ...about, what: skipped[0]?.message ?? '', option: null };
  const options = words.flatMap(({ option }) => option ?? []);
  return {
    ...about,
    what: words.map(({ what }) => ofOneJob(what)).join('; '),
    // An option that leaves another reason would move nothing.
    option: options.length === words.length ? [...new Set(options)].join(' ') : null,
  };
}
