import type { ChalkInstance } from 'chalk';
import type { ServerFacts } from '../model/plan.ts';
import { fold } from './fold.ts';
import { placeText, serverDetails } from './place.ts';
import { printable } from './printable.ts';

const NARROWEST = 12;
const NAME_COLUMNS = 14;

/** One side of a run, in a line. */
export function serverLine(
  name: string,
  facts: ServerFacts,
  { color, width }: { readonly color: ChalkInstance; readonly width: number },
): string {
  const lines = fold(printable(serverText(facts)), Math.max(NARROWEST, width - NAME_COLUMNS));
  return lines
    .map((line, index) => `${color.bold((index === 0 ? name : '').padEnd(NAME_COLUMNS))}${line}\n`)
    .join('');
}

/** Which schema, where, and by what clock. */
export function serverText(facts: ServerFacts): string {
  return [facts.schemaVersion, placeText(facts), `(${serverDetails(facts)})`]
    .filter((text) => text !== '')
    .join(' ');
}
