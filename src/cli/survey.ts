import type { Remedy } from '../cutover/decide.ts';
import type { Advisory, JobPlan } from '../plan.ts';
import { AdvisoryDigest } from '../report/advisories.ts';
import { Tally } from '../report/tally.ts';
import { aboutRun, Traits } from './about-run.ts';
import type { Session } from './session.ts';
import type { Settings } from './settings.ts';
import { type SettledJob, settledJobs } from './settle.ts';

/** What a first pass over all jobs finds out, before anything is printed or written. */
export interface Survey {
  readonly tally: Tally;
  readonly digest: AdvisoryDigest;
  /** Advisories of the run as a whole. */
  readonly advisories: readonly Advisory[];
  /** What keeps jobs from being written beside what the target has, the first of them, and how many jobs there are. */
  readonly conflicts: readonly string[];
  readonly conflictingJobs: number;
  /** What would let the run go on with all of them. */
  readonly remedy: Remedy;
  /** The same for jobs that are left as they are (--on-conflict skip). */
  readonly skips: readonly string[];
  /** Jobs that this run is to hand over. */
  readonly handedOver: number;
  /** Jobs that a cutover disabled and whose chains this run would stop. */
  readonly stranded: number;
}

const MOST_CONFLICTS_KEPT = 1_000;
const REMEDIES: readonly Remedy[] = ['replace', 'force', 'undo'];

/** The selected jobs, each with its plan and what becomes of it. */
export async function* plannedJobs(session: Session, settings: Settings): AsyncGenerator<JobPlan> {
  for await (const { plan, action } of settledJobs(session, settings)) yield { ...plan, action: action.kind };
}

/** Plans every job once and keeps only counts and texts. */
export async function survey(session: Session, settings: Settings): Promise<Survey> {
  const tally = new Tally();
  const digest = new AdvisoryDigest();
  const logins = await session.logins();
  const traits = new Traits(logins);
  const conflicts = new Objections();
  const skips = new Objections();
  let handedOver = 0;
  let stranded = 0;
  for await (const settled of settledJobs(session, settings)) {
    const { job, row, plan: bare, action, isHandedOver } = settled;
    const plan: JobPlan = { ...bare, action: action.kind };
    tally.add(plan, isHandedOver || (action.kind === 'keep' && action.switched.length > 0));
    digest.add(plan);
    traits.add({ ...job, enabled: row.enabled }, plan);
    if (settings.paused && wouldStop(settled)) stranded += 1;
    if (isHandedOver) handedOver += 1;
    if (action.kind === 'conflict') conflicts.add(plan, action.because, action.remedy);
    if (action.kind === 'skip') skips.add(plan, action.because, 'replace');
  }
  const advisories = await aboutRun(session, traits, logins);
  tally.addAdvisories(advisories);
  digest.addRun(advisories);
  return {
    tally,
    digest,
    advisories,
    conflicts: conflicts.texts,
    conflictingJobs: conflicts.jobs,
    remedy: conflicts.remedy,
    skips: skips.texts,
    handedOver,
    stranded,
  };
}

function wouldStop({ job, row, plan, action }: SettledJob): boolean {
  const isWritten = action.kind === 'replace' || (action.kind === 'keep' && action.switched.length > 0);
  return isWritten && job.enabled && !row.enabled && plan.chains.length > 0;
}

/** What stands in the way of jobs, the first of them in words. */
class Objections {
  readonly texts: string[] = [];
  jobs = 0;
  remedy: Remedy = 'replace';

  add({ jobId, jobName }: JobPlan, because: readonly string[], remedy: Remedy): void {
    this.jobs += 1;
    if (REMEDIES.indexOf(remedy) > REMEDIES.indexOf(this.remedy)) this.remedy = remedy;
    if (this.texts.length < MOST_CONFLICTS_KEPT)
      this.texts.push(`job ${jobId} "${jobName}": ${because.join('; ')}`);
  }
}
