import { EXIT, type ExitCode, exitCodeOf } from '../cli/exit-code.ts';
import { failureText } from '../cli/failure-text.ts';
import { printAdvisories } from '../cli/formats/advisories.ts';
import type { Result } from '../cli/formats/format.ts';
import { FORMATS } from '../cli/formats/formats.ts';
import { SecretJobs } from '../cli/formats/secret-jobs.ts';
import type { Run } from '../cli/run.ts';
import { color, type Terminal, unlessClosed } from '../cli/terminal.ts';
import { findUnfinished, jobsIn, stillUnfinished, type Unfinished } from '../cutover/unfinished.ts';
import type { Failure } from '../model/failure.ts';
import { type PlanOverview, planAll } from '../planning/plan-all.ts';
import { type ReconciledJob, reconciledJobs } from '../planning/reconciled-jobs.ts';
import { preflight } from '../preflight/preflight.ts';
import { reasonsNotToWrite } from '../preflight/reasons-not-to-write.ts';
import { counted } from '../report/counted.ts';
import { preflightSection } from '../report/preflight.ts';
import type { Interrupt } from '../session/interrupt.ts';
import type { Session } from '../session/session.ts';
import type { Settings } from '../session/settings.ts';
import { comparisonWith, openFitting, printNotes } from './fit-saved-plan.ts';
import { move, type Outcome } from './move.ts';
import type { Written } from './write-jobs.ts';

/**
 * Moves the jobs, or with `--dry-run` shows what moving them would do and ends with the code that it would end with.
 * @returns the exit code
 * @throws Failure where nothing was written and nothing can be shown
 */
export async function migrate(
  settings: Settings,
  terminal: Terminal,
  interrupt: Interrupt,
): Promise<ExitCode> {
  const { bar } = terminal;
  const session = await bar.during({ doing: 'Connecting', total: null }, () =>
    openFitting(settings, interrupt),
  );
  let unfinished: Unfinished = { found: null, stops: null, note: null };
  try {
    unfinished = await findUnfinished(session, settings);
    if (unfinished.stops !== null && !settings.dryRun) throw unfinished.stops;
    if (unfinished.note !== null) await terminal.stderr.print(`${unfinished.note}\n`);
    const comparison = comparisonWith(session, settings);
    const secrets = new SecretJobs(settings);
    const planning = { doing: 'Planning', total: () => session.countJobs() };
    const found = await bar.during(planning, (step) =>
      planAll(session, settings, (job, plan) => {
        comparison?.see(job, plan);
        secrets.see(plan, job);
        step();
      }),
    );
    secrets.refuse();
    interrupt.check();
    const checks = await bar.during({ doing: 'Looking at both sides', total: null }, () =>
      preflight(session, found, settings),
    );
    interrupt.check();
    const run: Run = { session, found, checks, unfinished, settings, terminal, interrupt };
    const reasons = [
      ...(unfinished.stops ? [unfinished.stops] : []),
      ...(comparison?.reasons() ?? []),
      ...reasonsNotToWrite(checks, found, settings),
    ];
    if (!settings.dryRun) await printPreflight(run);
    await printNotes(comparison?.notes() ?? [], settings, terminal);
    if (settings.dryRun || reasons.length > 0) return await show(run, reasons);
    return await showWritten(run, await move(run));
  } catch (error) {
    throw stillUnfinished(error, unfinished);
  } finally {
    await session.close();
  }
}

async function show(run: Run, reasons: readonly Failure[]): Promise<ExitCode> {
  const { session, found, unfinished, settings, terminal } = run;
  const stopped = unfinished.found === null ? (reasons[0]?.code ?? null) : 'unfinished';
  const code = reasons.length > 0 && stopped !== null ? exitCodeOf(stopped) : exitCodeWhenDone(found);
  if (settings.dryRun)
    await unlessClosed(() => report(run, { jobs: asPlanned(session, settings), outcome: null, reasons }));
  else await printAdvisories(run);
  for (const reason of reasons) {
    await terminal.stderr.print(
      failureText(
        settings.dryRun
          ? `A run would stop here: ${reason.message}`
          : `${reason.message} Nothing was written.`,
        reason.remedy,
        reason.details,
      ),
    );
  }
  if (unfinished.found !== null && unfinished.stops === null && reasons.length > 0)
    await terminal.stderr.print(
      failureText(
        `${unfinished.found}: what is disabled in pgAgent and not live RUNS NOWHERE until it is finished.`,
        'Mend what stops this run and run it again, or take it back: pga2timetable undo.',
      ),
    );
  return code;
}

async function showWritten(run: Run, outcome: Outcome): Promise<ExitCode> {
  const { session, settings, terminal, interrupt } = run;
  try {
    const jobs = withIds(reconciledJobs(session, settings), outcome.written);
    await unlessClosed(() => report(run, { jobs, outcome, reasons: [] }));
  } catch (error) {
    // What is committed stays, so a listing that breaks off is no failure of the run.
    const why = (error instanceof Error ? error.message : String(error)).replace(
      / Nothing was written\.$/,
      '',
    );
    await terminal.stderr.print(
      failureText(
        `The chains are written, but the listing broke off: ${why}`,
        'Look at timetable.chain on the target.',
      ),
    );
  }
  if (interrupt.isRequested)
    await terminal.stderr.print('pga2timetable: interrupted, after the chains had been written.\n');
  return (await isLeftUnfinished(run)) ? EXIT.unfinished : exitCodeWhenDone(run.found);
}

// Jobs of an earlier run that this one did not select.
async function isLeftUnfinished({ session, settings, unfinished, terminal }: Run): Promise<boolean> {
  if (unfinished.found === null) return false;
  const left = await jobsIn(session, 'cutting-over').catch(() => 0);
  if (left === 0) return false;
  await terminal.stderr.print(
    failureText(
      `A cutover of ${counted(left, 'job')} still stands half-way: this run did not select ${left === 1 ? 'it' : 'them'}, or passed over ${left === 1 ? 'it' : 'them'}. What is disabled in pgAgent and not live RUNS NOWHERE.`,
      settings.jobs.length + settings.excludedJobs.length > 0
        ? 'Run this again without --job and --exclude-job, or take it back: pga2timetable undo.'
        : 'Run this again without --on-conflict skip, or take it back: pga2timetable undo. A job that is not in pgAgent any more goes by undo --job.',
    ),
  );
  return true;
}

function exitCodeWhenDone({ tally }: PlanOverview): ExitCode {
  const { jobsLeftOut, jobsMovedInPart, jobsSkipped } = tally.summary(false);
  return jobsLeftOut + jobsMovedInPart + jobsSkipped > 0 ? EXIT.jobsLeftOut : EXIT.done;
}

async function report(run: Run, what: Pick<Result, 'jobs' | 'outcome' | 'reasons'>): Promise<void> {
  const { found, settings, terminal, interrupt } = run;
  const print = (text: string): Promise<void> => {
    interrupt.check();
    return terminal.stdout.print(text);
  };
  const show = await FORMATS[settings.format]();
  await terminal.barBesideResult.during(
    { doing: 'Printing', total: async () => found.tally.summary(false).jobs },
    (step) => show({ ...run, ...what, jobs: withProgress(what.jobs, step), print }),
  );
  await terminal.stdout.end();
}

/** Before a run that writes: what it stops for is told behind it, as the error that it is. */
async function printPreflight({ checks, settings, terminal }: Run): Promise<void> {
  const shown = checks.filter(({ status }) =>
    settings.quiet ? status === 'warning' : status !== 'stop' && (settings.verbose || status !== 'ok'),
  );
  const style = { width: terminal.width, color: color(terminal.stderrHasColor) };
  const text = preflightSection(shown, style);
  if (text !== '') await terminal.stderr.print(`${text}\n`);
}

async function* withProgress(
  jobs: AsyncIterable<ReconciledJob>,
  tell: () => void,
): AsyncGenerator<ReconciledJob> {
  for await (const job of jobs) {
    yield job;
    tell();
  }
}

/** The jobs with what is to become of them. */
async function* asPlanned(session: Session, settings: Settings): AsyncGenerator<ReconciledJob> {
  for await (const reconciled of reconciledJobs(session, settings))
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
