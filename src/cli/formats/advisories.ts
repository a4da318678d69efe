import type { Severity } from '../../model/plan.ts';
import type { PlanOverview } from '../../planning/plan-all.ts';
import { advisoriesText } from '../../report/advisories.ts';
import { wrapped } from '../../report/fold.ts';
import type { Settings } from '../../session/settings.ts';
import { color, type Terminal } from '../terminal.ts';

/** Prints the advisories of a run on standard error, gravest first. */
export async function printAdvisories(
  found: PlanOverview,
  settings: Settings,
  terminal: Terminal,
): Promise<void> {
  if (settings.format !== 'table' && settings.quiet) return;
  const least: Severity = settings.quiet ? 'error' : 'info';
  const text = advisoriesText(found.digest.groups, least, {
    isVerbose: settings.verbose,
    width: terminal.width,
    color: color(terminal.stderrHasColor),
  });
  if (text === '') return;
  const more = settings.quiet
    ? ''
    : wrapped('More about each: npx pga2timetable explain CODE', '', terminal.width);
  await terminal.stderr.print(`\n${text}${more}`);
}
