import { isoInZone } from '../../model/zone.ts';
import { cutoverLines } from '../../report/cutover.ts';
import { jobCard } from '../../report/html/job-card.ts';
import { pageParts } from '../../report/html/page.ts';
import { WeekCounts } from '../../transform/week/week-counts.ts';
import { pagesOf } from '../explanation.ts';
import { askedBy, linesOf, type Printing, shownBy } from './format.ts';

/**
 * Prints the plan as one page for a browser. What stands in front counts all jobs, which can be read once only: until
 * they are through, their cards are kept.
 */
export async function showHtml({
  session,
  found,
  checks,
  settings,
  jobs,
  outcome,
  print,
}: Printing): Promise<void> {
  const { clocks, context, header } = session;
  const counts = new WeekCounts({
    source: clocks.source ?? clocks.target,
    target: clocks.target,
    now: context.now,
    disablesSource: settings.disableSource,
    clients: Math.max(1, context.target.knownClients.length),
  });
  const shown = shownBy(settings);
  const cards: string[] = [];
  for await (const { job, plan } of jobs) {
    counts.add(job, plan);
    cards.push(jobCard(plan, shown, !clocks.areSame).text);
  }
  const parts = pageParts({
    header,
    plannedAt: isoInZone(clocks.target, context.now),
    ...askedBy(found),
    pages: pagesOf(found.digest.groups.keys()),
    summary: found.tally.summary(outcome !== null),
    cutover: outcome?.cutover ? linesOf(cutoverLines(outcome.cutover, { width: Infinity })) : [],
    conflicts: { jobs: found.conflictingJobs, texts: found.conflicts },
    checks,
    advisories: found.advisories,
    picture: counts.picture(),
    cards,
    shown,
  });
  for (const part of parts) await print(part);
}
