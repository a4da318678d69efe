import type { Failure } from '../failure.ts';
import type { JobPlan, Severity } from '../plan.ts';
import type { Check } from '../preflight.ts';
import { counted } from '../report/counted.ts';
import { cutoverLines } from '../report/cutover.ts';
import { masking, printJson } from '../report/json.ts';
import { HIDING, REVEALING } from '../report/masked.ts';
import { preflightSection } from '../report/preflight.ts';
import { printTable } from '../report/table.ts';
import { totals } from '../report/totals.ts';
import { reasonsNotToWrite } from './checks.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit-code.ts';
import { failureText } from './failure-text.ts';
import { aboutHalfway, type Halfway, jobsIn, stillHalfway } from './halfway.ts';
import type { Interrupt } from './interrupt.ts';
import { move, type Outcome } from './move.ts';
import { preflight } from './preflight.ts';
import { comparisonWith, openFitting, printNotes, sealFor } from './saved-plan.ts';
import type { Session } from './session.ts';
import type { Settings } from './settings.ts';
import { plannedJobs, type Survey, survey } from './survey.ts';
import { color, type Terminal, unlessClosed } from './terminal.ts';
import type { Written } from './write.ts';

/** What the parts of one run share. */
export interface Run {
  readonly session: Session;
  readonly found: Survey;
  readonly checks: readonly Check[];
  readonly halfway: Halfway;
  readonly settings: Settings;
  readonly terminal: Terminal;
  readonly interrupt: Interrupt;
}

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
  const session = await openFitting(settings, interrupt);
  let halfway: Halfway = { found: null, stops: null, note: null };
  try {
    halfway = await aboutHalfway(session, settings);
    if (halfway.stops !== null && !settings.dryRun) throw halfway.stops;
    if (halfway.note !== null) await terminal.stderr.print(`${halfway.note}\n`);
    const comparison = comparisonWith(session, settings);
    const found = await survey(session, settings, comparison?.see);
    interrupt.check();
    const checks = await preflight(session, found, settings);
    interrupt.check();
    const run: Run = { session, found, checks, halfway, settings, terminal, interrupt };
    const reasons = [
      ...(halfway.stops ? [halfway.stops] : []),
      ...(comparison?.reasons() ?? []),
      ...reasonsNotToWrite(checks, found, settings),
    ];
    if (!settings.dryRun) await printPreflight(run);
    await printNotes(comparison?.notes() ?? [], settings, terminal);
    if (settings.dryRun || reasons.length > 0) return await show(run, reasons);
    return await showWritten(run, await move(run));
  } catch (error) {
    throw stillHalfway(error, halfway);
  } finally {
    await session.close();
  }
}

async function show(run: Run, reasons: readonly Failure[]): Promise<ExitCode> {
  const { session, found, halfway, settings, terminal } = run;
  const stopped = halfway.found === null ? (reasons[0]?.code ?? null) : 'halfway';
  const code = reasons.length > 0 && stopped !== null ? exitCodeOf(stopped) : exitCodeWhenDone(found);
  if (settings.dryRun) await unlessClosed(() => report(run, plannedJobs(session, settings), null));
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
  if (halfway.found !== null && halfway.stops === null && reasons.length > 0)
    await terminal.stderr.print(
      failureText(
        `${halfway.found}: what is disabled in pgAgent and not live RUNS NOWHERE until it is finished.`,
        'Mend what stops this run and run it again, or take it back: pga2timetable undo.',
      ),
    );
  return code;
}

async function showWritten(run: Run, outcome: Outcome): Promise<ExitCode> {
  const { session, settings, terminal, interrupt } = run;
  try {
    const plans = withIds(plannedJobs(session, settings), outcome.written);
    await unlessClosed(() => report(run, plans, outcome));
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
  return (await isLeftHalfway(run)) ? EXIT.halfway : exitCodeWhenDone(run.found);
}

// Jobs of an earlier run that this one did not select.
async function isLeftHalfway({ session, settings, halfway, terminal }: Run): Promise<boolean> {
  if (halfway.found === null) return false;
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

function exitCodeWhenDone({ tally }: Survey): ExitCode {
  const { jobsLeftOut, jobsMovedInPart, jobsSkipped } = tally.summary(false);
  return jobsLeftOut + jobsMovedInPart + jobsSkipped > 0 ? EXIT.jobsLeftOut : EXIT.done;
}

async function report(run: Run, plans: AsyncIterable<JobPlan>, outcome: Outcome | null): Promise<void> {
  const { session, found, checks, settings, terminal, interrupt } = run;
  const isWritten = outcome !== null;
  const summary = found.tally.summary(isWritten);
  const cutover = outcome?.cutover ?? null;
  const print = (text: string): Promise<void> => {
    interrupt.check();
    return terminal.stdout.print(text);
  };
  const shown = settings.showSecrets ? REVEALING : HIDING;
  if (settings.format === 'json') {
    const tail = { advisories: found.advisories, ...(cutover ? { cutover } : {}), summary };
    await printJson(session.header, checks, plans, tail, sealFor(settings) ?? masking(shown), print);
    return terminal.stdout.end();
  }
  const style = {
    width: terminal.width,
    showTasks: settings.verbose,
    shown,
    color: color(terminal.stdoutHasColor),
  };
  const isOfInterest = ({ status }: Check): boolean => status === 'warning' || status === 'stop';
  const told = isWritten ? [] : checks.filter((check) => !settings.quiet || isOfInterest(check));
  await printTable(session.header, told, plans, style, print);
  await printAdvisories(run);
  if (cutover) await print(`\n${cutoverLines(cutover, style)}`);
  await print(`${settings.quiet ? '' : '\n'}${totals(summary)}\n`);
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

async function printAdvisories({ found, settings, terminal }: Run): Promise<void> {
  if (settings.format === 'json' && settings.quiet) return;
  const least: Severity = settings.quiet ? 'error' : 'info';
  const text = found.digest.text(least, settings.verbose, terminal.width, color(terminal.stderrHasColor));
  if (text === '') return;
  const more = settings.quiet ? '' : 'docs/advisories/<code>.md says more about each.\n';
  await terminal.stderr.print(`\n${text}${more}`);
}

/** The plans with what became of them: outcomes and ids stand in the order of the jobs. */
async function* withIds(
  plans: AsyncIterable<JobPlan>,
  { outcomes, chainIds, taskIds }: Written,
): AsyncGenerator<JobPlan> {
  let job = 0;
  let chain = 0;
  let task = 0;
  for await (const plan of plans) {
    const action = outcomes[job++] ?? 'none';
    const isThere = action !== 'none' && action !== 'skip';
    yield {
      ...plan,
      action,
      chains: plan.chains.map((planned) => ({
        ...planned,
        ...(isThere ? { chainId: chainIds[chain++] ?? 0 } : {}),
        tasks: planned.tasks.map((one) =>
          isThere && action !== 'keep' ? { ...one, taskId: taskIds[task++] ?? 0 } : one,
        ),
      })),
    };
  }
}
