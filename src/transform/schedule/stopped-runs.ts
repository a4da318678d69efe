import { remembering } from '../../model/remembering.ts';
import type { Zone } from '../../model/zone.ts';
import { endOf } from './condition.ts';
import { type FiringSet, type Piece, whereOneFails } from './firing-set.ts';
import { countRuns, nextRuns } from './next-runs.ts';

/** A leap day is among them. */
export const FOUR_YEARS = 1_461 * 86_400_000;

/** The runs that guards keep from happening in four years, a leap day among them. */
export interface Stopped {
  readonly runs: number;
  /** The first of them; null for none. */
  readonly first: number | null;
}

/**
 * How often the lines of a schedule come due while its conditions do not hold. After its end a chain does so once: then
 * it is not live any more.
 * @param now milliseconds since 1970 UTC
 */
export const stoppedRuns = remembering((set: FiringSet, zone: Zone, now: number): Stopped => {
  const until = now + FOUR_YEARS;
  const before = set.flatMap(stoppedBeforeEnd);
  const behind = set
    .flatMap((piece) => firstBehindEnd(piece, zone, now))
    .filter((instant) => instant <= until);
  const [first] = nextRuns(before, zone, now, 1);
  const instants = [...behind, ...(first && first.instant <= until ? [first.instant] : [])];
  return {
    runs: countRuns(before, zone, now, until) + behind.length,
    first: instants.length === 0 ? null : Math.min(...instants),
  };
});

function stoppedBeforeEnd({ product, conditions }: Piece): FiringSet {
  const ends = conditions.filter(({ kind }) => kind === 'before');
  const others = conditions.filter(({ kind }) => kind !== 'before');
  return whereOneFails({ product, conditions: ends }, others);
}

function firstBehindEnd({ product, conditions }: Piece, zone: Zone, now: number): readonly number[] {
  const end = endOf(conditions);
  if (end === null) return [];
  return nextRuns([{ product, conditions: [] }], zone, Math.max(now, end - 1), 1).map(
    ({ instant }) => instant,
  );
}
