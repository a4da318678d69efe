import { findUnfinished } from '../cutover/unfinished.ts';
import type { Job } from '../model/job.ts';
import { oneAhead } from '../model/one-ahead.ts';
import type { PlanHeader } from '../model/plan.ts';
import { type OnProgress, stage } from '../model/progress.ts';
import type { ChainNow } from '../model/record.ts';
import type { TargetChain } from '../model/target-chain.ts';
import type { Problem, Unattended, Verdict, VerificationSummary } from '../model/verdict.ts';
import { onSide } from '../postgres/query-errors.ts';
import type { CurrentJob } from '../session/current-jobs.ts';
import { type Interrupt, interruptible } from '../session/interrupt.ts';
import { openSession } from '../session/open-session.ts';
import type { LiveSession } from '../session/session.ts';
import type { LiveSettings, Settings } from '../session/settings.ts';
import { findStrayChains, readChains } from '../timetable/read-chains.ts';
import { readyToPlan } from '../transform/ready-to-plan.ts';
import { asMoved, changedByHand, isChangedByHand, type MovedJob } from './as-moved.ts';
import { namesOf, verifyJob } from './compare/verify-job.ts';

const MOST_STRAY_CHAINS = 1_000;

/** What a comparison asks of its caller. */
export interface Hooks {
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
  /** Called with the findings, while both ends are open: reads its verdicts, once. */
  readonly show: (findings: Findings) => Promise<void>;
}

/**
 * Compares the chains of the target with the schedules of the source, job by job.
 * @returns whether all are equal
 * @throws Failure where nothing can be compared
 */
export async function verify(settings: LiveSettings, hooks: Hooks): Promise<boolean> {
  return interruptible(hooks.signal, (interrupt) => compareAll(settings, hooks, interrupt));
}

async function compareAll(
  settings: LiveSettings,
  { onProgress, show }: Hooks,
  interrupt: Interrupt,
): Promise<boolean> {
  const session = await stage(onProgress, 'Connecting', null, () => openSession(settings, interrupt));
  try {
    if (session.fromRecord !== null) onProgress({ kind: 'note', text: session.fromRecord });
    const { found } = await findUnfinished(session, settings);
    if (found !== null)
      onProgress({
        kind: 'note',
        text: `${found}: where a job below runs in pgAgent, it may be disabled there already and run nowhere.`,
      });
    const findings = new Findings(session, settings, interrupt);
    await show(findings);
    return await findings.areEqual();
  } finally {
    await session.close();
  }
}

function headerOf({ header, clocks, settings }: LiveSession): Findings['header'] {
  const differ = !clocks.areSame && !settings.acceptTimeZone;
  return {
    source: header.source,
    target: header.target,
    clocks: differ
      ? `pgAgent's TimeZone is ${clocks.source.name}, pg_timetable's ${clocks.target.name}: what follows compares hours on two different clocks. On the target: ${clocks.mend}`
      : null,
  };
}

/** What a cutover makes of it: a job that runs on both sides, or on none. */
function withSides(
  verdict: Verdict,
  { row, record, isDisabledByUs }: CurrentJob,
  chains: readonly { readonly live: boolean }[],
): Verdict {
  const problems: Problem[] = [];
  if (record?.phase === 'cut-over' && record.wasEnabled && row.enabled && chains.some(({ live }) => live))
    problems.push({
      code: 'on-both-sides',
      message:
        'a cutover disabled it in pgAgent, and it has been enabled there again: it runs on both sides. Disable it there, or take its chains out by undo',
    });
  if (isDisabledByUs && verdict.differences.some(({ firesIn }) => firesIn === 'pgAgent'))
    problems.push({
      code: 'runs-nowhere',
      message:
        'a cutover disabled it in pgAgent: what should run in pgAgent runs nowhere. Fix its chains (migrate --on-conflict replace --force), or give it back by undo',
    });
  if (problems.length === 0) return verdict;
  return { ...verdict, verdict: 'different', problems: [...verdict.problems, ...problems] };
}

/** Whether the chains of a job were written not live (`--paused`), and still are. */
function isPaused({ job, record }: MovedJob, chains: readonly TargetChain[]): boolean {
  const asWritten = record === null || record.chains.every(({ live }) => !live);
  return job.enabled && asWritten && chains.length > 0 && chains.every(({ live }) => !live);
}

/** The verdicts as they are found, and what they come to. */
export class Findings {
  readonly header: Pick<PlanHeader, 'source' | 'target'> & {
    /** Why hours are compared on two different clocks; null where the clocks agree. */
    readonly clocks: string | null;
  };
  readonly summary: { -readonly [Name in keyof VerificationSummary]: number } = {
    jobs: 0,
    equal: 0,
    paused: 0,
    different: 0,
    idle: 0,
  };
  private readonly claimed: number[] = [];
  private readonly unattendedChains = new Map<string | null, number>();
  private stray: Promise<readonly string[] | null> | null = null;
  private readonly session: LiveSession;
  private readonly settings: Settings;
  private readonly interrupt: Interrupt;

  constructor(session: LiveSession, settings: Settings, interrupt: Interrupt) {
    this.session = session;
    this.settings = settings;
    this.interrupt = interrupt;
    this.header = headerOf(session);
  }

  /** How many jobs are compared. */
  count(): Promise<number> {
    return this.session.countJobs();
  }

  async *verdicts(): AsyncGenerator<Verdict> {
    const batches = oneAhead(this.session.currentJobs(), (jobs) => this.lookUp(jobs));
    for await (const batch of batches) yield* this.verdictsOf(batch);
  }

  private async lookUp(jobs: readonly CurrentJob[]) {
    const { targetClient } = this.session;
    const named = jobs.map((current) => {
      const moved = asMoved(current, this.session.contextFor(current));
      return { current, moved, names: namesOf(moved.job, moved.context) };
    });
    const found = await onSide('target', () =>
      readChains(
        targetClient,
        named.flatMap(({ names }) => names),
      ),
    );
    return { named, found };
  }

  private async *verdictsOf({
    named,
    found,
  }: Awaited<ReturnType<Findings['lookUp']>>): AsyncGenerator<Verdict> {
    for (const { current, moved, names } of named) {
      const chains = [...new Set(names)].flatMap((name) => found.get(name) ?? []);
      for (const { chainId } of chains) this.claimed.push(chainId);
      const now = new Map(current.ownChains.map((chain) => [chain.id, chain]));
      if (isChangedByHand(moved, now)) await readyToPlan([moved.job]);
      const verdict = this.verdictOf(current, moved, chains, now);
      this.summary.jobs += 1;
      this.summary[verdict.verdict] += 1;
      this.interrupt.check();
      yield verdict;
    }
  }

  private verdictOf(
    current: CurrentJob,
    moved: MovedJob,
    chains: readonly TargetChain[],
    now: ReadonlyMap<number, ChainNow>,
  ): Verdict {
    const { row, isDisabledByUs } = current;
    // What its owner has disabled counts as disabled here, unless --after-cutover says otherwise.
    const job = this.asItWas({ ...moved.job, enabled: row.enabled || isDisabledByUs }, chains);
    if (job.enabled && !row.enabled) this.noteUnattended(chains);
    const arePaused = row.enabled && isPaused(moved, chains);
    const compared = arePaused ? chains.map((chain) => ({ ...chain, live: true })) : chains;
    const bare = verifyJob(job, compared, moved.context);
    const byHand = changedByHand(moved, chains, now, bare.problems);
    const isRenamed = moved.job.name !== current.job.name;
    return withSides(
      {
        ...bare,
        jobName: current.job.name,
        verdict:
          byHand.length > 0 ? 'different' : arePaused && bare.verdict === 'equal' ? 'paused' : bare.verdict,
        problems: [...bare.problems, ...byHand],
        ...(isRenamed ? { wasNamed: moved.job.name } : {}),
      },
      current,
      chains,
    );
  }

  private noteUnattended(chains: readonly TargetChain[]): void {
    const { target } = this.session;
    const seesClients =
      !target.isInRecovery && !target.missingRights.some((right) => /^(?:USAGE|SELECT)/.test(right));
    if (!seesClients || this.settings.withoutClient) return;
    const { connectedClients } = target;
    for (const { live, clientName } of chains) {
      const isAttended =
        clientName === null ? connectedClients.length > 0 : connectedClients.includes(clientName);
      if (live && !isAttended)
        this.unattendedChains.set(clientName, (this.unattendedChains.get(clientName) ?? 0) + 1);
    }
  }

  /** Live chains that no client runs, and pgAgent does not run their jobs. For the time after the last verdict. */
  unattended(): readonly Unattended[] {
    return [...this.unattendedChains].map(([clientName, chains]) => ({ clientName, chains }));
  }

  // After a cutover the jobs that moved are disabled in pgAgent, and their chains are live.
  private asItWas(job: Job, chains: readonly { live: boolean }[]): Job {
    const { isAfterCutover } = this.settings;
    return isAfterCutover && chains.some(({ live }) => live) ? { ...job, enabled: true } : job;
  }

  /** Chains of this tool's making that belong to no job; null where only some jobs were looked at. For the time after the last verdict. */
  strayChains(): Promise<readonly string[] | null> {
    const isWhole = this.settings.jobs.length + this.settings.excludedJobs.length === 0;
    const { targetClient } = this.session;
    this.stray ??= isWhole
      ? onSide('target', () => findStrayChains(targetClient, this.claimed, MOST_STRAY_CHAINS))
      : Promise.resolve(null);
    return this.stray;
  }

  async areEqual(): Promise<boolean> {
    return (
      this.summary.different === 0 &&
      this.unattendedChains.size === 0 &&
      this.header.clocks === null &&
      ((await this.strayChains())?.length ?? 0) === 0
    );
  }
}
