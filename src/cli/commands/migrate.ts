import { type Hooks, type Migration, migrate as migrateJobs } from '../../migrate/migrate.ts';
import type { Result, Run } from '../../migrate/run.ts';
import { counted } from '../../model/counted.ts';
import type { Failure } from '../../model/failure.ts';
import { stage } from '../../model/progress.ts';
import type { ReconciledJob } from '../../planning/reconciled-jobs.ts';
import { cutoverLines } from '../../report/cutover.ts';
import { preflightSection } from '../../report/preflight.ts';
import { printable } from '../../report/printable.ts';
import { maskSecrets } from '../../secrets/mask.ts';
import type { DumpSettings, LiveSettings, Settings } from '../../session/settings.ts';
import { EXIT, type ExitCode, exitCodeOf } from '../exit-code.ts';
import { brokenOffText, failureText } from '../failure-text.ts';
import { printAdvisories } from '../formats/advisories.ts';
import { FORMATS } from '../formats/formats.ts';
import { lastScreenOf } from '../formats/last-screen.ts';
import { workText } from '../formats/work-text.ts';
import { color, progressOn, type Terminal, unlessClosed } from '../terminal.ts';

/** Carries out `migrate` for a person or a pipeline. */
export async function migrate(
  settings: LiveSettings | DumpSettings,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  const migration = await migrateJobs(settings, {
    signal,
    onProgress: progressOn(terminal, settings, terminal.bar),
    ready: (run, notes) => ready(run, notes, terminal),
    confirm: confirmOn(terminal),
    show: (result) => unlessClosed(() => show(result, terminal)),
  });
  return migration.outcome === null
    ? aboutStopped(migration, settings, terminal)
    : aboutWritten(migration, settings, terminal, signal);
}

/** Shows what a run would write, and asks for it. */
function confirmOn(terminal: Terminal): Hooks['confirm'] {
  const { ask, stderr } = terminal;
  if (ask === null) return undefined;
  return async (run) => {
    await stderr.print(lastScreenOf({ ...run, outcome: null, reasons: [] }, terminal));
    await ask(questionOf(run));
  };
}

function questionOf({ found, session: { header } }: Run): string {
  const { database, host } = header.target;
  const what = workText(found, ` to "${database}" on ${host}`);
  return `${what.charAt(0).toUpperCase()}${what.slice(1)}?`;
}

async function ready(run: Run, notes: readonly string[], terminal: Terminal): Promise<void> {
  if (!run.settings.dryRun) await printPreflight(run, terminal);
  await printNotes(notes, run.settings, terminal);
}

async function aboutStopped(
  { found, unfinished, reasons }: Migration,
  settings: Settings,
  terminal: Terminal,
): Promise<ExitCode> {
  const stopped = unfinished.found === null ? (reasons[0]?.code ?? null) : 'unfinished';
  const code = reasons.length > 0 && stopped !== null ? exitCodeOf(stopped) : exitCodeWhenDone(found);
  if (!settings.dryRun) await printAdvisories(found, settings, terminal);
  for (const reason of reasons) await terminal.stderr.print(reasonText(reason, settings));
  if (unfinished.found !== null && unfinished.stops === null && reasons.length > 0)
    await terminal.stderr.print(
      failureText(
        `${unfinished.found}: what is disabled in pgAgent and not live RUNS NOWHERE until it is finished.`,
        'Fix what stops this run and run it again, or undo it: pga2timetable undo.',
      ),
    );
  return code;
}

function reasonText({ message, remedy, details }: Failure, { dryRun }: Settings): string {
  const what = dryRun ? `A run would stop here: ${message}` : `${message} Nothing was written.`;
  return failureText(what, remedy, details);
}

async function aboutWritten(
  { found, outcome, listingError, leftUnfinished }: Migration,
  settings: Settings,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (listingError !== null) {
    await terminal.stderr.print(
      brokenOffText('The chains are written', listingError, 'Check timetable.chain on the target.'),
    );
    // Nowhere else would its minutes stand.
    if (outcome?.cutover) await terminal.stderr.print(cutoverLines(outcome.cutover, terminal));
  }
  if (signal.aborted)
    await terminal.stderr.print('pga2timetable: interrupted, after the chains had been written.\n');
  if (leftUnfinished === 0) return listingError === null ? exitCodeWhenDone(found) : EXIT.notPrinted;
  // Jobs of an earlier run that this one did not select.
  const them = leftUnfinished === 1 ? 'it' : 'them';
  await terminal.stderr.print(
    failureText(
      `A cutover of ${counted(leftUnfinished, 'job')} is still unfinished: this run did not select ${them}, or skipped ${them}. What is disabled in pgAgent and not live RUNS NOWHERE.`,
      settings.jobs.length + settings.excludedJobs.length > 0
        ? 'Run this again without --job and --exclude-job, or undo it: pga2timetable undo.'
        : 'Run this again without --on-conflict skip, or undo it: pga2timetable undo. For a job that is no longer in pgAgent: undo --job.',
    ),
  );
  return EXIT.unfinished;
}

function exitCodeWhenDone({ tally }: Migration['found']): ExitCode {
  const { jobsLeftOut, jobsMovedInPart, jobsSkipped } = tally.summary(false);
  return jobsLeftOut + jobsMovedInPart + jobsSkipped > 0 ? EXIT.jobsLeftOut : EXIT.done;
}

async function show(result: Result, terminal: Terminal): Promise<void> {
  const { found, settings, interrupt } = result;
  const print = (text: string): Promise<void> => {
    interrupt.check();
    return terminal.stdout.print(text);
  };
  const format = await FORMATS[settings.format]();
  const total = async (): Promise<number> => found.tally.summary(false).jobs;
  await stage(progressOn(terminal, settings, terminal.barBesideResult), 'Printing', total, (step) =>
    format({ ...result, terminal, jobs: withProgress(result.jobs, step), print }),
  );
  await terminal.stdout.end();
  if (settings.format !== 'table') await terminal.stderr.print(lastScreenOf(result, terminal));
}

/** Before a run that writes: what it stops for follows as the error that it is. */
async function printPreflight({ checks, settings }: Run, terminal: Terminal): Promise<void> {
  const shown = checks.filter(({ status }) =>
    settings.quiet ? status === 'warning' : status !== 'stop' && (settings.verbose || status !== 'ok'),
  );
  const style = { width: terminal.width, color: color(terminal.stderrHasColor) };
  const text = preflightSection(shown, style);
  if (text !== '') await terminal.stderr.print(`${text}\n`);
}

/** What is another than in a saved plan and does not matter. */
async function printNotes(
  notes: readonly string[],
  { quiet, savedPlan }: Settings,
  { stderr }: Terminal,
): Promise<void> {
  if (quiet || notes.length === 0) return;
  const lines = notes.map((note) => `  - ${printable(maskSecrets(note))}\n`);
  await stderr.print(
    `pga2timetable: since ${savedPlan?.header.plannedAt}, without effect on the plan:\n${lines.join('')}`,
  );
}

async function* withProgress(
  jobs: AsyncIterable<ReconciledJob>,
  step: () => void,
): AsyncGenerator<ReconciledJob> {
  for await (const job of jobs) {
    yield job;
    step();
  }
}
