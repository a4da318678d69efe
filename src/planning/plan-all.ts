import { held } from '../model/held.ts';
import type { Advisory, ChainPlan, JobPlan } from '../model/plan.ts';
import type { Session } from '../session/session.ts';
import type { Settings } from '../session/settings.ts';
import { anyHostSeveralClients } from '../transform/advisories/index.ts';
import { aboutRun, Traits } from './about-run.ts';
import { AdvisoryDigest } from './advisory-digest.ts';
import { Decisions } from './decisions.ts';
import type { PlannedJobs } from './planned-jobs.ts';
import type { Remedy } from './reconcile.ts';
import { type ReconciledJob, replacesLive } from './reconciled-jobs.ts';
import { Tally } from './tally.ts';

/** What a first look at all jobs finds out, before anything is printed or written. */
export interface PlanOverview {
  readonly tally: Tally;
  readonly digest: AdvisoryDigest;
  readonly decisions: Decisions;
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
  /** Jobs that are kept and whose chains are switched on or off. */
  readonly switchedJobs: number;
  /** Some of the planned chains that the target has already. */
  readonly knownNames: readonly string[];
  /** The jobs whose live chains are exchanged for others. */
  readonly replaced: readonly ReplacedJob[];
  /** What is to be made. */
  readonly newChains: number;
  /** Those of them that come in the place of others. */
  readonly replacingChains: number;
  readonly newTasks: number;
  /** How many live chains each client is to run; under null those that every client runs. */
  readonly liveChains: ReadonlyMap<string | null, number>;
  /** The host agents of the jobs of these chains, '' for any host. */
  readonly hosts: ReadonlyMap<string | null, ReadonlySet<string>>;
  /** How many live chains belong to jobs that are enabled in pgAgent now. */
  readonly exposedChains: number;
  /** Whether a batch step moves. */
  readonly hasPrograms: boolean;
  /** Jobs that a cutover disabled and whose chains this run would stop. */
  readonly stranded: number;
  /** Jobs of any host that this run is to hand over to several clients. */
  readonly anyHostJobs: number;
  /** Whether a chain that is to be live would run on several clients, and that was not asked for. */
  readonly runsSeveralTimes: boolean;
}

/** A job whose live chains are exchanged for others. */
export interface ReplacedJob {
  readonly jobId: number;
  readonly oldChains: readonly number[];
  /** The live chains that come in their place: what decides when they run. */
  readonly chains: readonly Pick<ChainPlan, 'runAt' | 'tasks'>[];
}

const MOST_CONFLICTS_KEPT = 1_000;
const MOST_NAMES_KEPT = 1_000;
const REMEDIES: readonly Remedy[] = ['replace', 'force', 'undo', 'adopt'];

/**
 * Plans every job, and gathers what is to be known of them all.
 * @param see is shown each job
 */
export async function planAll(
  session: Session,
  settings: Settings,
  planned: PlannedJobs,
  see: (reconciled: ReconciledJob) => void = () => {},
): Promise<PlanOverview> {
  // The server looks while the jobs are planned.
  const searching = held(session.codeThatUsesPgAgent());
  const tally = new Tally(session.excludedJobs, !session.clocks.areSame);
  const digest = new AdvisoryDigest();
  const decisions = new Decisions(!session.clocks.areSame);
  const logins = await session.logins();
  const traits = new Traits(logins);
  const conflicts = new Objections();
  const skips = new Objections();
  let handedOver = 0;
  let switchedJobs = 0;
  let newChains = 0;
  let replacingChains = 0;
  let newTasks = 0;
  let exposedChains = 0;
  let stranded = 0;
  let anyHostJobs = 0;
  let runsSeveralTimes = false;
  const knownNames: string[] = [];
  const replaced: ReplacedJob[] = [];
  for await (const reconciled of planned.plan()) {
    const { job, row, plan: bare, action, isHandedOver } = reconciled;
    see(reconciled);
    const plan: JobPlan = { ...bare, action: action.kind };
    const isSwitched = action.kind === 'keep' && action.switched.length > 0;
    tally.add(plan, isHandedOver || isSwitched);
    digest.add(plan);
    decisions.add(plan, action);
    traits.add({ ...job, enabled: row.enabled }, plan);
    if (action.kind === 'replace' && replacesLive(reconciled))
      replaced.push({
        jobId: job.id,
        oldChains: action.oldChains,
        chains: plan.chains
          .filter(({ live }) => live)
          .map(({ runAt, tasks }) => ({ runAt, tasks: tasks.slice(0, 1) })),
      });
    if (settings.paused && wouldStop(reconciled)) stranded += 1;
    if (isHandedOver) handedOver += 1;
    if (isSwitched) switchedJobs += 1;
    if (action.kind === 'create' || action.kind === 'replace') {
      newChains += plan.chains.length;
      if (action.kind === 'replace') replacingChains += plan.chains.length;
      newTasks += plan.chains.reduce((sum, { tasks }) => sum + tasks.length, 0);
    }
    if (isHandedOver && isForSeveralClients(plan)) anyHostJobs += 1;
    runsSeveralTimes ||= isForSeveralClients(plan) && plan.chains.some(({ live }) => live);
    if (row.enabled) exposedChains += plan.chains.filter(({ live }) => live).length;
    if (action.kind === 'keep' && knownNames.length < MOST_NAMES_KEPT)
      knownNames.push(...action.record.chains.map(({ name }) => name));
    if (action.kind === 'conflict') conflicts.add(plan, action.because, action.remedy);
    if (action.kind === 'skip') skips.add(plan, action.because, 'replace');
  }
  const advisories = await aboutRun(session, traits, logins, searching);
  tally.addAdvisories(advisories);
  digest.addRun(advisories);
  decisions.addRun(advisories);
  return {
    tally,
    digest,
    decisions,
    advisories,
    conflicts: conflicts.texts,
    conflictingJobs: conflicts.jobs,
    remedy: conflicts.remedy,
    skips: skips.texts,
    handedOver,
    switchedJobs,
    exposedChains,
    knownNames,
    newChains,
    replacingChains,
    newTasks,
    replaced,
    liveChains: traits.liveChains,
    hosts: traits.hosts,
    hasPrograms: traits.programs.size > 0,
    stranded,
    anyHostJobs,
    runsSeveralTimes,
  };
}

function isForSeveralClients({ advisories }: JobPlan): boolean {
  return advisories.some(({ code }) => code === anyHostSeveralClients.code);
}

function wouldStop({ job, row, plan, action }: ReconciledJob): boolean {
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
