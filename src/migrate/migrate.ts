import { findUnfinished, jobsIn, stillUnfinished, type Unfinished } from '../cutover/unfinished.ts';
import type { Failure } from '../model/failure.ts';
import { type OnProgress, stage } from '../model/progress.ts';
import { planAll } from '../planning/plan-all.ts';
import { PlannedJobs } from '../planning/planned-jobs.ts';
import type { ReconciledJob } from '../planning/reconciled-jobs.ts';
import { onSide } from '../postgres/query-errors.ts';
import { beginPreflight } from '../preflight/preflight.ts';
import { reasonsNotToWrite } from '../preflight/reasons-not-to-write.ts';
import { type Interrupt, interruptible } from '../session/interrupt.ts';
import type { PlanningSession, Session } from '../session/session.ts';
import type { DumpSettings, LiveSettings, Settings } from '../session/settings.ts';
import { takeTurn } from '../timetable/writer.ts';
import { comparisonWith, openFitting } from './fit-saved-plan.ts';
import { move } from './move.ts';
import { type Outcome, type Result, type Run, writesAnything } from './run.ts';
import { SecretJobs } from './secret-jobs.ts';
import { ShownPlan } from './shown-plan.ts';
import type { Written } from './write-jobs.ts';

/** What a migration asks of its caller. */
export interface Hooks {
  /** Ends the run as soon as nothing has been committed. */
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
  /**
   * Called once all is planned and checked, before anything is written; a rejection ends the run.
   * @param notes what is another than in a saved plan and does not matter
   */
  readonly ready: (run: Run, notes: readonly string[]) => Promise<void>;
  /**
   * Asked before anything is written, with no session open on either side; a rejection ends the run. What it said yes to is
   * planned once more then, and has to be the same. Without it nobody is asked.
   */
  readonly confirm?: ((run: Run) => Promise<void>) | undefined;
  /** Called with the jobs: by a dry run, and after the commit. */
  readonly show: (result: Result) => Promise<void>;
}

/** How a migration ended. */
export interface Migration extends Pick<Run, 'found' | 'unfinished'> {
  /** Why nothing was written; for a dry run, why a run would write nothing. */
  readonly reasons: readonly Failure[];
  /** null where nothing was written. */
  readonly outcome: Outcome | null;
  /** What `show` failed with after the commit; null where it did not. */
  readonly listingError: unknown;
  /** Jobs of an earlier cutover that are still unfinished. */
  readonly leftUnfinished: number;
}

/**
 * Moves the jobs from pgAgent to pg_timetable, or with `dryRun` shows what moving them would do.
 * @throws Failure where nothing was written and nothing can be shown; of code `unfinished` where a cutover broke off
 */
export async function migrate(settings: LiveSettings | DumpSettings, hooks: Hooks): Promise<Migration> {
  return interruptible(hooks.signal, (interrupt) => planAndMove(settings, hooks, interrupt));
}

async function planAndMove(
  settings: LiveSettings | DumpSettings,
  hooks: Hooks,
  interrupt: Interrupt,
  confirmed: ShownPlan | null = null,
): Promise<Migration> {
  const { onProgress, confirm } = hooks;
  const opening = settings.from === 'live' ? 'Connecting' : 'Reading the dump';
  const session = await stage(onProgress, opening, null, () =>
    openFitting(settings, interrupt, confirmed?.now ?? null),
  );
  let unfinished: Unfinished = { found: null, stops: null, note: null };
  try {
    unfinished = await findUnfinished(session, settings);
    if (unfinished.stops !== null && !settings.dryRun) throw unfinished.stops;
    if (confirmed === null) tellWhatIsKnown(session, unfinished, onProgress);
    const { targetClient } = session;
    if (!settings.dryRun && targetClient !== null) await onSide('target', () => takeTurn(targetClient));
    // Nobody says yes to a dry run, or where nobody is asked.
    const shown = confirm === undefined || settings.dryRun ? null : new ShownPlan(session);
    const consent = { shown, confirmed };
    const planning = await plan(session, settings, unfinished, interrupt, onProgress, consent);
    const { run, reasons, notes } = planning;
    if (confirmed === null) await hooks.ready(run, notes);
    const stopped = { found: run.found, unfinished, reasons, outcome: null };
    if (settings.dryRun) await showPlan(run, reasons, hooks);
    if (settings.dryRun || reasons.length > 0) return { ...stopped, listingError: null, leftUnfinished: 0 };
    if (confirm !== undefined && confirmed === null && writesAnything(run.found)) {
      await session.close();
      await confirm(run);
      return await planAndMove(settings, hooks, interrupt, shown);
    }
    const outcome = await move(run);
    const jobs = withIds(run.planned.again(), outcome.written);
    // What is committed stays, so a listing that breaks off is no failure of the run.
    const listingError = await hooks.show({ ...run, jobs, outcome, reasons }).then(
      () => null,
      (error: unknown) => error ?? new Error('unknown'),
    );
    const leftUnfinished =
      unfinished.found === null ? 0 : await jobsIn(session, 'cutting-over').catch(() => 0);
    return { ...stopped, outcome, listingError, leftUnfinished };
  } catch (error) {
    throw stillUnfinished(error, unfinished);
  } finally {
    await session.close();
  }
}

function tellWhatIsKnown({ fromRecord }: Session, { note }: Unfinished, onProgress: OnProgress): void {
  if (fromRecord !== null) onProgress({ kind: 'note', text: fromRecord });
  if (note !== null) onProgress({ kind: 'note', text: note });
}

// Whoever reads a result slowly shall not hold a transaction open on a server.
async function showPlan(run: Run, reasons: readonly Failure[], hooks: Hooks): Promise<void> {
  if (run.planned.isKept) run.session.endSnapshot();
  await hooks.show({ ...run, jobs: asPlanned(run.planned), outcome: null, reasons });
}

/** The plan that somebody is asked about, and the one that was said yes to; null for none. */
interface Consent {
  readonly shown: ShownPlan | null;
  readonly confirmed: ShownPlan | null;
}

async function plan(
  session: PlanningSession,
  settings: Settings,
  unfinished: Unfinished,
  interrupt: Interrupt,
  onProgress: OnProgress,
  { shown, confirmed }: Consent,
): Promise<{ run: Run; reasons: readonly Failure[]; notes: readonly string[] }> {
  const comparison = comparisonWith(session, settings);
  const secrets = new SecretJobs(settings);
  const planned = new PlannedJobs(session, settings);
  const preflight = beginPreflight(session, settings);
  const found = await stage(
    onProgress,
    'Planning',
    () => session.countJobs(),
    (step) =>
      planAll(session, settings, planned, (reconciled) => {
        const { job, plan, context } = reconciled;
        comparison?.see(job, plan, context);
        secrets.see(plan, job);
        shown?.add(reconciled);
        step();
      }),
  );
  secrets.refuse();
  interrupt.check();
  const checks = await stage(onProgress, 'Looking at both sides', null, () => preflight(found));
  interrupt.check();
  const reasons = [
    ...(unfinished.stops ? [unfinished.stops] : []),
    ...(comparison?.reasons() ?? []),
    ...(confirmed && shown ? confirmed.otherThan(shown) : []),
    ...reasonsNotToWrite(checks, found, settings, session.from),
  ];
  const run: Run = { session, planned, found, checks, unfinished, settings, interrupt, onProgress };
  return { run, reasons, notes: comparison?.notes() ?? [] };
}

/** The jobs with what is to become of them. */
async function* asPlanned(planned: PlannedJobs): AsyncGenerator<ReconciledJob> {
  for await (const reconciled of planned.again())
    yield { ...reconciled, plan: { ...reconciled.plan, action: reconciled.action.kind } };
}

/** The jobs with what became of them: outcomes and ids stand in their order. */
async function* withIds(
  jobs: AsyncIterable<ReconciledJob>,
  { outcomes, chainIds, taskIds }: Written,
): AsyncGenerator<ReconciledJob> {
  let job = 0;
  let chain = 0;
  let task = 0;
  for await (const reconciled of jobs) {
    const action = outcomes[job++] ?? 'none';
    const isThere = action !== 'none' && action !== 'skip';
    const chains = reconciled.plan.chains.map((planned) => ({
      ...planned,
      ...(isThere ? { chainId: chainIds[chain++] ?? 0 } : {}),
      tasks: planned.tasks.map((one) =>
        isThere && action !== 'keep' ? { ...one, taskId: taskIds[task++] ?? 0 } : one,
      ),
    }));
    yield { ...reconciled, plan: { ...reconciled.plan, action, chains } };
  }
}
