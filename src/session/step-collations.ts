import { Failure } from '../model/failure.ts';
import { shellWord } from '../model/shell-word.ts';
import { findCollation, type ServerCollation, sortedBy } from '../postgres/collations.ts';
import type { Client } from '../postgres/connect.ts';
import { onSide } from '../postgres/query-errors.ts';

/** One order of names. */
export interface StepCollation {
  /** As `--collation` takes it. */
  readonly name: string;
  readonly compare: (one: string, other: string) => number;
}

/** What stands for every database whose collation is not known: bytes, ICU, and Linux (glibc). */
const USUAL = ['C', 'en-US', 'en_US.UTF-8'];

/**
 * The orders in which pgAgent's database may have sorted the steps of a job.
 * @param wanted what `--collation` says; null for every one that is usual, and that of the target
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
  if (wanted === null) return [...USUAL.flatMap(withoutServer), ...(await onTarget('default'))];
  const found = await onTarget(wanted);
  const known = found.length > 0 ? found : withoutServer(wanted);
  if (known.length > 0) return known;
  throw new Failure(
    'usage',
    `--collation ${shellWord(wanted)}: ${target === null ? 'no collation that is known without a target' : 'the target has no such collation'}.`,
    'It takes C, a locale of ICU (en-US, de), a locale of Linux (en_US.UTF-8), or with --target a name of pg_collation.',
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

function withoutServer(name: string): readonly StepCollation[] {
  if (/^(?:C|POSIX|C\.UTF-?8|ucs_basic)$/i.test(name)) return [{ name, compare: byBytes }];
  const [, language, country] = /^([a-z]{2,3})_([A-Z]{2})(?:\.[\w-]+)?$/.exec(name) ?? [];
  if (language !== undefined) return byGlibc(name, `${language}-${country}`);
  const locale = /^(?:und|root|unicode)$/i.test(name) ? 'en-US' : name.replace(/-x-icu$/, '');
  if (!isLocale(locale)) return [];
  const { compare } = new Intl.Collator(locale);
  return [{ name, compare: (one, other) => compare(one, other) || byBytes(one, other) }];
}

/**
 * glibc looks at punctuation last (measured on 2.36: of 30,000 pairs one other, but for those that differ in punctuation
 * alone). How it sorts these is not known: each of two ways is an order of its own.
 */
function byGlibc(name: string, locale: string): readonly StepCollation[] {
  if (!isLocale(locale)) return [];
  const letters = new Intl.Collator(locale, { ignorePunctuation: true });
  const all = new Intl.Collator(locale);
  return [byBytes, all.compare].map((punctuation) => ({
    name,
    compare: (one, other) => letters.compare(one, other) || punctuation(one, other) || byBytes(one, other),
  }));
}

function isLocale(tag: string): boolean {
  try {
    return Intl.Collator.supportedLocalesOf([tag]).length > 0;
  } catch {
    return false;
  }
}

// As UTF-8: JavaScript compares by UTF-16.
function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
