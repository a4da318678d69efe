import { held } from '../model/held.ts';
import type { Check } from '../model/preflight.ts';
import type { PlanOverview } from '../planning/plan-all.ts';
import { onSide } from '../postgres/query-errors.ts';
import { type ClockOffset, clockDifference, serverClock } from '../postgres/server-clock.ts';
import { together } from '../postgres/together.ts';
import type { DumpSession, LiveSession, PlanningSession } from '../session/session.ts';
import type { Settings } from '../session/settings.ts';
import { aboutServerClocks } from './about-clocks.ts';
import { aboutDeletedJobs } from './about-deleted-jobs.ts';
import { aboutDump, aboutNoTarget, aboutZoneOfNoTarget } from './about-dump.ts';
import { aboutPrograms, aboutTimeZones } from './about-target.ts';
import { lookElsewhere } from './elsewhere.ts';
import { aboutSourceSide } from './source-side.ts';
import { aboutRunners, aboutTargetSide } from './target-side.ts';

/** Makes every check, once all jobs are planned: throws Failure where a side no longer answers. */
export type Preflight = (found: PlanOverview) => Promise<readonly Check[]>;

/**
 * Looks at everything that a run depends on, on both sides, before anything is written. What takes longest begins at
 * once, while the jobs are planned.
 */
export function beginPreflight(session: PlanningSession, settings: Settings): Preflight {
  return session.from === 'live' ? preflightOfBoth(session, settings) : preflightOfDump(session, settings);
}

function preflightOfDump(session: DumpSession, settings: Settings): Preflight {
  const { dump, clocks } = session;
  return async (found) => {
    const [target, runners] =
      session.targetClient === null
        ? [aboutNoTarget(session.target), []]
        : await together([aboutTargetSide(session, found, settings), aboutRunners(session, found, settings)]);
    return [
      ...aboutDump(dump, found.exposedChains),
      ...target,
      session.targetClient === null && clocks.source !== null
        ? aboutZoneOfNoTarget(clocks.source)
        : aboutTimeZones(clocks, session.settings.acceptTimeZone),
      ...runners,
      ...aboutPrograms(found.hasPrograms),
    ];
  };
}

function preflightOfBoth(session: LiveSession, settings: Settings): Preflight {
  const elsewhere = lookElsewhere(session);
  const deletedJobs = held(session.deletedJobs());
  return async (found) => {
    const [source, target, difference, runners] = await together([
      aboutSourceSide(session, found, settings, elsewhere),
      aboutTargetSide(session, found, settings),
      differenceOfServers(session),
      aboutRunners(session, found, settings),
    ]);
    return [
      ...source,
      ...target,
      ...aboutDeletedJobs(await deletedJobs),
      aboutTimeZones(session.clocks, session.settings.acceptTimeZone),
      aboutServerClocks(difference),
      ...runners,
      ...aboutPrograms(found.hasPrograms),
    ];
  };
}

async function differenceOfServers({
  sourceClient,
  targetClient,
  context,
}: LiveSession): Promise<ClockOffset | null> {
  if (context.target.isSourceServer) return null;
  const [source, target] = await together([
    onSide('source', () => serverClock(sourceClient)),
    onSide('target', () => serverClock(targetClient)),
  ]);
  return clockDifference(source, target);
}
