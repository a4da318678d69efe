import type { Severity } from '../../model/plan.ts';
import { wrapped } from '../../report/fold.ts';
import type { Run } from '../run.ts';
import { color } from '../terminal.ts';

/** Prints the advisories of a run on standard error, gravest first. */
export async function printAdvisories({ found, settings, terminal }: Run): Promise<void> {
  if (settings.format !== 'table' && settings.quiet) return;
  const least: Severity = settings.quiet ? 'error' : 'info';
  const text = found.digest.text(least, settings.verbose, terminal.width, color(terminal.stderrHasColor));
  if (text === '') return;
  const more = settings.quiet
    ? ''
    : wrapped('docs/advisories/<code>.md says more about each.', '', terminal.width);
  await terminal.stderr.print(`\n${text}${more}`);
}
