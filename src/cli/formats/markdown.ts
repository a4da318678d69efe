import { cutoverLines, replacementLines } from '../../report/cutover.ts';
import { commentText } from '../../report/markdown/comment.ts';
import { askedBy, linesOf, type Printing, plansOf } from './format.ts';
import { workText } from './work-text.ts';

const ONE_LINE = { width: Infinity };

/** Prints the plan as Markdown for the comment of a merge request. */
export async function showMarkdown({
  session,
  found,
  checks,
  jobs,
  outcome,
  reasons,
  print,
}: Printing): Promise<void> {
  const { cutover = null, replacement = null } = outcome ?? {};
  const parts = {
    ...askedBy(found),
    header: session.header,
    written: outcome !== null,
    work: workText(found),
    isStopped: reasons.length > 0,
    checks: outcome === null ? checks : [],
    advisories: found.digest.groups,
    cutover: [
      ...(replacement ? linesOf(replacementLines(replacement, ONE_LINE)) : []),
      ...(cutover ? linesOf(cutoverLines(cutover, ONE_LINE)) : []),
    ],
  };
  await print(await commentText(parts, plansOf(jobs)));
}
