import { instantsAt, type RepeatedStretch, repeatedStretches, type Zone } from '../../model/zone.ts';
import type { FiringSet } from './firing-set.ts';
import { nextRuns } from './next-runs.ts';

/**
 * The next stretch of the wall's time that daylight saving repeats and in which a set of minutes comes due; pg_timetable
 * runs each of them twice then (measured).
 */
export function nextRepeated(set: FiringSet, zone: Zone, now: number): RepeatedStretch | null {
  return repeatedStretches(zone, now).find((stretch) => isDueIn(set, zone, stretch)) ?? null;
}

function isDueIn(set: FiringSet, zone: Zone, { start, end, instant }: RepeatedStretch): boolean {
  const [first] = nextRuns(set, zone, instant - 1, 1);
  if (
    first === undefined ||
    first.wall < start ||
    first.wall >= end ||
    first.instant >= instant + end - start
  )
    return false;
  // Its window may open between the two.
  const [before = 0] = instantsAt(zone, first.wall);
  return nextRuns(set, zone, before - 1, 1)[0]?.instant === before;
}
