import { type Check, isOfConcern } from '../../model/preflight.ts';
import { cutoverLines, replacementLines } from '../../report/cutover.ts';
import { wrapped } from '../../report/fold.ts';
import { printTable } from '../../report/table.ts';
import { totals } from '../../report/totals.ts';
import { color } from '../terminal.ts';
import { printAdvisories } from './advisories.ts';
import { type Printing, plansOf, shownBy } from './format.ts';
import { lastScreenOf } from './last-screen.ts';

/** Prints the plan for a person at a terminal, its advisories on standard error. */
export async function showTable(result: Printing): Promise<void> {
  const { session, found, checks, settings, terminal, jobs, outcome, print } = result;
  const style = {
    width: terminal.width,
    showTasks: settings.verbose,
    shown: shownBy(settings),
    color: color(terminal.stdoutHasColor),
    isBrief: terminal.isScreen && !settings.verbose,
    isWritten: outcome !== null,
  };
  // The last screen counts those that passed.
  const isShown = (check: Check): boolean =>
    settings.quiet ? isOfConcern(check) : settings.verbose || check.status !== 'ok';
  // A run that writes has shown them before it did.
  const told = outcome === null ? checks.filter(isShown) : [];
  await printTable(session.header, told, plansOf(jobs), style, print);
  // What was read before is not printed again; but who asked for little sees no last screen, which names what stays.
  if (outcome === null || settings.verbose || settings.quiet)
    await printAdvisories(found, settings, terminal);
  if (outcome?.replacement) await print(`\n${replacementLines(outcome.replacement, style)}`);
  if (outcome?.cutover) await print(`\n${cutoverLines(outcome.cutover, style)}`);
  const screen = lastScreenOf(result, terminal);
  if (screen !== '') await print(`\n${screen}`);
  await print(
    `${settings.quiet ? '' : '\n'}${wrapped(totals(found.tally.summary(outcome !== null)), '', terminal.lastLineWidth)}`,
  );
}
