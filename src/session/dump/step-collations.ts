import { Failure } from '../../model/failure.ts';
import { shellWord } from '../../model/shell-word.ts';
import { findCollation, type ServerCollation, sortedBy } from '../../postgres/collations.ts';
import type { Client } from '../../postgres/connect.ts';
import { onSide } from '../../postgres/query-errors.ts';
import { collationsOf, everyCollation, type StepCollation } from './collations-without-server.ts';

/**
 * The orders in which pgAgent's database may have sorted the steps of a job.
 * @param wanted what `--collation` says; null for that of the target, and every order that is known without a server
 * @param target null where there is none
 * @param names every name that is to be sorted
 * @throws Failure of code `usage` for a collation that nobody knows
 */
export async function stepCollations(
  wanted: string | null,
  target: Client | null,
  names: readonly string[],
): Promise<readonly StepCollation[]> {
  const onTarget = async (name: string): Promise<readonly StepCollation[]> => {
    if (target === null) return [];
    const found = await onSide('target', () => findCollation(target, name));
    return found === null ? [] : [await onSide('target', () => bySorting(target, found, name, names))];
  };
  if (wanted === null) return [...(await onTarget('default')), ...everyCollation()];
  const found = await onTarget(wanted);
  const known = found.length > 0 ? found : collationsOf(wanted);
  if (known.length > 0) return known;
  throw new Failure(
    'usage',
    `--collation ${shellWord(wanted)}: ${target === null ? 'no collation that is known without a target' : 'the target has no such collation'}.`,
    'Known everywhere are C, locales of ICU (en-US) and of Linux (en_US.UTF-8). For another, use --target with a server that knows it, or rename the steps so that their order is the same everywhere (01 ..., 02 ...).',
  );
}

async function bySorting(
  client: Client,
  collation: ServerCollation,
  name: string,
  names: readonly string[],
): Promise<StepCollation> {
  const sorted = await sortedBy(client, collation, names);
  const places = new Map(sorted.map((text, place) => [text, place]));
  return { name, compare: (one, other) => (places.get(one) ?? 0) - (places.get(other) ?? 0) };
}
