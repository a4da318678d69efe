import { EXIT, type ExitCode } from '../cli/exit-code.ts';
import { color, type Terminal, unlessClosed } from '../cli/terminal.ts';
import { findUnfinished } from '../cutover/unfinished.ts';
import type { Job } from '../model/job.ts';
import type { Problem, Verdict, VerificationSummary } from '../model/verdict.ts';
import { onSide } from '../postgres/query-errors.ts';
import { printVerification, type VerificationHeader } from '../report/verification.ts';
import type { CurrentJob } from '../session/current-jobs.ts';
import type { Interrupt } from '../session/interrupt.ts';
import { openSession, type Session } from '../session/session.ts';
import type { Settings } from '../session/settings.ts';
import { findStrayChains, readChains } from '../timetable/read-chains.ts';
import { namesOf, verifyJob } from './compare/verify-job.ts';

const MOST_STRAY_CHAINS = 1_000;

/**
 * Compares the chains of the target with the schedules of the source, job by job.
 * @returns the exit code
 * @throws Failure where nothing can be compared
 */
export async function verify(
  settings: Settings,
  terminal: Terminal,
  interrupt: Interrupt,
): Promise<ExitCode> {
  const session = await terminal.bar.during({ doing: 'Connecting', total: null }, () =>
    openSession(settings, interrupt),
  );
  try {
    const { found } = await findUnfinished(session, settings);
    if (found !== null)
      await terminal.stderr.print(
        `${found}: where a job below runs in pgAgent, it may be disabled there already and run nowhere.\n`,
      );
    const findings = new Findings(session, settings);
    const style = {
      width: terminal.width,
      lastLineWidth: terminal.lastLineWidth,
      color: color(terminal.stdoutHasColor),
      least: settings.quiet ? ('different' as const) : ('all' as const),
    };
    const format = settings.format === 'json' ? 'json' : 'table';
    const print = (text: string): Promise<void> => {
      interrupt.check();
      return terminal.stdout.print(text);
    };
    await unlessClosed(() =>
      terminal.barBesideResult.during({ doing: 'Comparing', total: () => session.countJobs() }, (step) => {
        findings.tell = step;
        return printVerification(format, headerOf(session, settings), findings, style, print);
      }),
    );
    return (await findings.areEqual()) ? EXIT.done : EXIT.differs;
  } finally {
    await session.close();
  }
}

function headerOf({ header, clocks }: Session, settings: Settings): VerificationHeader {
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
        'a cutover disabled it in pgAgent: what is told above to run in pgAgent runs nowhere. Mend its chains (migrate --on-conflict replace --force), or give it back by undo',
    });
  if (problems.length === 0) return verdict;
  return { ...verdict, verdict: 'different', problems: [...verdict.problems, ...problems] };
}

/** The verdicts as they are found, and what they come to. */
class Findings {
  readonly summary: { -readonly [Name in keyof VerificationSummary]: number } = {
    jobs: 0,
    equal: 0,
    different: 0,
    idle: 0,
  };
  /** To be called behind each job. */
  tell: () => void = () => {};
  private readonly claimed: number[] = [];
  private stray: Promise<readonly string[] | null> | null = null;
  private readonly session: Session;
  private readonly settings: Settings;

  constructor(session: Session, settings: Settings) {
    this.session = session;
    this.settings = settings;
  }

  async *verdicts(): AsyncGenerator<Verdict> {
    for await (const batch of this.session.currentJobs()) yield* this.verdictsOf(batch);
  }

  private async *verdictsOf(jobs: readonly CurrentJob[]): AsyncGenerator<Verdict> {
    const { context, target, targetClient } = this.session;
    const named = jobs.map((current) => ({ current, names: namesOf(current.job, context) }));
    const found = await onSide('target', () =>
      readChains(
        targetClient,
        named.flatMap(({ names }) => names),
        target.hasTaskLive,
      ),
    );
    for (const { current, names } of named) {
      const chains = [...new Set(names)].flatMap((name) => found.get(name) ?? []);
      for (const { chainId } of chains) this.claimed.push(chainId);
      // What its owner has disabled counts as disabled here, unless --after-cutover says otherwise.
      const job = { ...current.job, enabled: current.row.enabled || current.isDisabledByUs };
      const bare = verifyJob(this.asItWas(job, chains), chains, context);
      const verdict = withSides(bare, current, chains);
      this.summary.jobs += 1;
      this.summary[verdict.verdict] += 1;
      yield verdict;
      this.tell();
    }
  }

  // Behind a cutover the jobs that moved are disabled in pgAgent, and their chains are live.
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
    const { clocks } = headerOf(this.session, this.settings);
    return this.summary.different === 0 && clocks === null && ((await this.strayChains())?.length ?? 0) === 0;
  }
}
