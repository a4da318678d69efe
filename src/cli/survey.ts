import type { Job } from '../job.ts';
import type { Advisory, JobPlan } from '../plan.ts';
import type { Client } from '../postgres/connect.ts';
import { onSide } from '../postgres/query-errors.ts';
import { AdvisoryDigest } from '../report/advisories.ts';
import { Tally } from '../report/tally.ts';
import { findTakenNames } from '../timetable/conflicts.ts';
import {
  descriptionsStay,
  oldTarget,
  programTasks,
  schedulerDifferences,
  sqlSteps,
  stillEnabled,
  timeZoneAccepted,
  timeZoneDiffers,
  unrecordedTarget,
} from '../transform/advisories/index.ts';
import { planJob } from '../transform/plan-job.ts';
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

/** Plans every job once and keeps only counts, texts and the names that are taken. */
export async function survey(session: Session): Promise<Survey> {
  const tally = new Tally();
  const digest = new AdvisoryDigest();
  const traits = new Traits();
  const taken = new TakenNames(session.target.missingRights.length > 0 ? null : session.targetClient);
  for await (const job of session.jobs()) {
    const plan = planJob(job, session.context);
    tally.add(plan);
    digest.add(plan);
    traits.add(job, plan);
    await taken.add(plan.chains.map(({ chainName }) => chainName));
  }
  await taken.flush();
  const advisories = aboutRun(session, traits);
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

/** What the advisories of the whole run depend on. */
class Traits {
  readonly programs = new Set<string>();
  hasSqlSteps = false;
  /** Enabled jobs that moved whole, and the schedules that moved of enabled jobs that did so in part. */
  readonly movedWhole: number[] = [];
  readonly schedulesInPart: number[] = [];
  hasChains = false;
  describedJobs = 0;

  add(job: Job, plan: JobPlan): void {
    if (plan.chains.length === 0) return;
    this.hasChains = true;
    if (job.enabled && plan.moved === 'whole') this.movedWhole.push(job.id);
    if (job.enabled && plan.moved === 'part')
      this.schedulesInPart.push(...plan.chains.flatMap(({ scheduleId }) => scheduleId ?? []));
    if ([job, ...job.schedules, ...job.steps].some(({ description }) => description !== ''))
      this.describedJobs += 1;
    for (const { kind, command, stepId } of plan.chains[0]?.tasks ?? []) {
      if (kind === 'PROGRAM') this.programs.add(command);
      else if (stepId !== null) this.hasSqlSteps = true;
    }
  }
}

function aboutRun({ target, clocks, header }: Session, traits: Traits): readonly Advisory[] {
  const found: Advisory[] = [];
  if (!clocks.areSame) {
    const { source, target: other } = clocks;
    found.push(
      header.options.acceptTimeZone
        ? timeZoneAccepted({}, source.name, other.name)
        : timeZoneDiffers({}, source.name, other.name, clocks.mend),
    );
  }
  if (target.isOld) found.push(oldTarget({}));
  if (!target.isRecorded) found.push(unrecordedTarget({}, target.schemaVersion));
  if (!traits.hasChains) return found;
  found.push(schedulerDifferences({}));
  if (traits.hasSqlSteps) found.push(sqlSteps({}));
  if (traits.programs.size > 0) found.push(programTasks({}, [...traits.programs]));
  if (traits.describedJobs > 0) found.push(descriptionsStay({}, traits.describedJobs));
  if (traits.movedWhole.length + traits.schedulesInPart.length > 0) {
    found.push(stillEnabled({}, traits.movedWhole, traits.schedulesInPart));
  }
  return found;
}
