import { remembering } from '../../model/remembering.ts';
import { isoInZone, type Zone } from '../../model/zone.ts';
import type { Condition } from './condition.ts';
import { cronLine } from './cron-line.ts';
import type { FiringSet } from './firing-set.ts';
import { nextRuns } from './next-runs.ts';

const RUNS_SHOWN = 3;

/** What a chain needs to know of the minutes at which it fires. */
export interface Line {
  readonly runAt: string;
  /** What its guard is for. */
  readonly conditions: readonly Condition[];
  /** ISO 8601, in the zone of the chains. */
  readonly nextRuns: readonly string[];
}

/** A set of minutes as cron lines, one for each of its pieces. */
export const linesOf = remembering((set: FiringSet, zone: Zone, now: number): readonly Line[] =>
  set.map((piece) => ({
    runAt: cronLine(piece.product),
    conditions: piece.conditions,
    nextRuns: nextRuns([piece], zone, now, RUNS_SHOWN).map(({ instant }) => isoInZone(zone, instant)),
  })),
);
