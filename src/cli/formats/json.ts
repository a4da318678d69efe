import { sealFor } from '../../migrate/fit-saved-plan.ts';
import { printJson } from '../../report/json.ts';
import { masking } from '../../secrets/veil.ts';
import { type Printing, plansOf, shownBy } from './format.ts';

/** Prints the plan as one JSON document; in a file it is a plan that can be written from. */
export async function showJson({
  session,
  found,
  checks,
  settings,
  jobs,
  outcome,
  print,
}: Printing): Promise<void> {
  const { cutover = null, replacement = null } = outcome ?? {};
  const tail = {
    areAllChanged: !session.clocks.areSame,
    advisories: found.advisories,
    decisions: found.decisions.decisions,
    ...(cutover ? { cutover } : {}),
    ...(replacement ? { replacement } : {}),
    summary: found.tally.summary(outcome !== null),
  };
  const veil = sealFor(settings) ?? masking(shownBy(settings));
  await printJson(session.header, checks, plansOf(jobs), tail, veil, print);
}
