import type { ChalkInstance } from 'chalk';
import type { ServerFacts } from '../model/plan.ts';
import { fold } from './fold.ts';
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
export function serverText({ host, database, schemaVersion, serverVersion, timeZone }: ServerFacts): string {
  const version = serverVersion.split(' ', 1)[0] ?? '';
  return `${schemaVersion} in "${database}" on ${host} (PostgreSQL ${version}, TimeZone ${timeZone})`;
}
