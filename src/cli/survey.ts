import type { Job } from '../job.ts';
import type { Advisory, JobPlan } from '../plan.ts';
import type { Client } from '../postgres/connect.ts';
import { onSide } from '../postgres/query-errors.ts';
import { AdvisoryDigest } from '../report/advisories.ts';
import { Tally } from '../report/tally.ts';
import { findTakenNames } from '../timetable/conflicts.ts';
import { planJob } from '../transform/plan-job.ts';
import { aboutRun, Traits } from './about-run.ts';
import type { Session } from './session.ts';

/** What a first pass over all jobs finds out, before anything is printed or written. */
export interface Survey {
  readonly tally: Tally;
  readonly digest: AdvisoryDigest;
  /** Advisories of the run as a whole. */
  readonly advisories: readonly Advisory[];
  /** The first of the chain names that the target has already, and how many there are. */
  readonly takenNames: readonly string[];
  readonly takenCount: number;
}

const NAMES_A_LOOKUP = 1_000;
const MOST_NAMES_KEPT = 1_000;

/** The selected jobs, each with its plan. */
export async function* plannedJobs(session: Session): AsyncGenerator<JobPlan> {
  for await (const job of session.jobs()) yield planJob(job, session.context);
}

/**
 * Plans every job once and keeps only counts, texts and the names that are taken.
 * @param see is shown each job with its plan
 */
export async function survey(
  session: Session,
  see: (job: Job, plan: JobPlan) => void = () => {},
): Promise<Survey> {
  const tally = new Tally();
  const digest = new AdvisoryDigest();
  const logins = await session.logins();
  const traits = new Traits(logins);
  const taken = new TakenNames(session.target.missingRights.length > 0 ? null : session.targetClient);
  for await (const job of session.jobs()) {
    const plan = planJob(job, session.context);
    see(job, plan);
    tally.add(plan);
    digest.add(plan);
    traits.add(job, plan);
    await taken.add(plan.chains.map(({ chainName }) => chainName));
  }
  await taken.flush();
  const advisories = await aboutRun(session, traits, logins);
  tally.addAdvisories(advisories);
  digest.addRun(advisories);
  return { tally, digest, advisories, takenNames: taken.names, takenCount: taken.count };
}

/** Looks chain names up in the target, many at a time. */
class TakenNames {
  readonly names: string[] = [];
  count = 0;
  private pending: string[] = [];
  private readonly client: Client | null;

  constructor(client: Client | null) {
    this.client = client;
  }

  async add(names: readonly string[]): Promise<void> {
    this.pending.push(...names);
    if (this.pending.length >= NAMES_A_LOOKUP) await this.flush();
  }

  async flush(): Promise<void> {
    const client = this.client;
    const pending = this.pending;
    this.pending = [];
    if (client === null || pending.length === 0) return;
    const taken = await onSide('target', () => findTakenNames(client, pending));
    this.count += taken.length;
    this.names.push(...taken.slice(0, MOST_NAMES_KEPT - this.names.length));
  }
}
