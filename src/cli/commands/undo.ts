import { counted } from '../../model/counted.ts';
import type { UndoneJob } from '../../model/undo-result.ts';
import { printDocument } from '../../report/json.ts';
import { printUndo } from '../../report/undo.ts';
import type { LiveSettings, Settings } from '../../session/settings.ts';
import { type Hooks, type Undo, undo as undoJobs } from '../../undo/undo.ts';
import { EXIT, type ExitCode, exitCodeOf } from '../exit-code.ts';
import { brokenOffText, failureText } from '../failure-text.ts';
import type { Output } from '../output.ts';
import { color, progressOn, type Terminal, unlessClosed } from '../terminal.ts';

/** Carries out `undo` for a person or a pipeline. */
export async function undo(
  settings: LiveSettings,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  const undone = await undoJobs(settings, {
    signal,
    onProgress: progressOn(terminal, settings, terminal.bar),
    confirm: confirmOn(settings, terminal),
  });
  const { reason, leftUnfinished, summary } = undone;
  const listingError = await unlessClosed(() => show(terminal.stdout, undone, settings, terminal)).then(
    () => null,
    (error: unknown) => error ?? new Error('unknown'),
  );
  if (listingError !== null) {
    if (!summary.undone) throw listingError;
    await terminal.stderr.print(
      brokenOffText('The jobs are back in pgAgent', listingError, 'Check pgagent.pga_job on the source.'),
    );
    // Nowhere else would the minutes stand.
    await show(terminal.stderr, undone, { ...settings, format: 'table', quiet: true }, terminal);
  }
  if (reason !== null) {
    await terminal.stderr.print(failureText(`A run would stop here: ${reason.message}`, reason.remedy));
    return exitCodeOf(reason.code);
  }
  if (leftUnfinished === 0) return listingError === null ? EXIT.done : EXIT.notPrinted;
  await terminal.stderr.print(
    failureText(
      `A cutover or an undo of ${counted(leftUnfinished, 'job')} more is unfinished: some may run nowhere.`,
      'Run undo again without --job and --exclude-job. Or finish the cutover: migrate --disable-source.',
    ),
  );
  return EXIT.unfinished;
}

function isUnusual({ job, held, changedByHand }: UndoneJob): boolean {
  return job !== 'enabled' || held !== null || changedByHand.length > 0;
}

/** Shows what an undo would do, and asks for it. */
function confirmOn(settings: Settings, terminal: Terminal): Hooks['confirm'] {
  const { ask, stderr } = terminal;
  if (ask === null) return undefined;
  return async (found) => {
    const { chains, enabled } = found.summary;
    const { database, host } = found.header.target;
    const jobs = found.jobs.filter(isUnusual);
    await show(stderr, { ...found, jobs }, { ...settings, format: 'table' }, terminal);
    await ask(
      `Remove ${counted(chains, 'chain')} from "${database}" on ${host} and enable ${counted(enabled, 'job')} in pgAgent?`,
    );
  };
}

async function show(
  output: Output,
  { header: { source, target }, jobs, missed, summary }: Undo,
  settings: Settings,
  terminal: Terminal,
): Promise<void> {
  const print = (text: string): Promise<void> => output.print(text);
  if (settings.format === 'json') {
    const head = { undoVersion: 1, source, target };
    await printDocument({ head, jobs: stream(jobs), tail: async () => ({ missed, summary }) }, print);
    return;
  }
  const { width, lastLineWidth, stdoutHasColor } = terminal;
  const style = { width, lastLineWidth, color: color(stdoutHasColor), isQuiet: settings.quiet };
  await printUndo({ source, target }, jobs, missed, summary, style, print);
}

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
