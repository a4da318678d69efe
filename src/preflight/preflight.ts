import type { Check } from '../model/preflight.ts';
import { lookAtDisabling } from '../pgagent/disabling-rights.ts';
import { findEdbJobs } from '../pgagent/edb-jobs.ts';
import { findLogsBehind } from '../pgagent/jobs-look.ts';
import type { PlanOverview } from '../planning/plan-all.ts';
import { findBlockingLocks } from '../postgres/blocking-locks.ts';
import type { Client } from '../postgres/connect.ts';
import { connectionLimits } from '../postgres/connection-room.ts';
import { onSide } from '../postgres/query-errors.ts';
import { findSequencesBehind } from '../postgres/sequences-behind.ts';
import { type ClockOffset, clockDifference, serverClock } from '../postgres/server-clock.ts';
import { together } from '../postgres/together.ts';
import type { Session } from '../session/session.ts';
import type { Settings } from '../session/settings.ts';
import { lookAtClientRole } from '../timetable/client-role.ts';
import { findClients } from '../timetable/clients.ts';
import { countLiveChains } from '../timetable/conflicts.ts';
import { missingCutoverRights } from '../timetable/cutover-rights.ts';
import { findLeftRuns } from '../timetable/left-runs.ts';
import { recordRights } from '../timetable/record-rights.ts';
import { readTicks } from '../timetable/ticks.ts';
import { aboutClientRole, aboutClients, aboutLeftRuns } from './about-clients.ts';
import { aboutServerClocks, aboutTicks } from './about-clocks.ts';
import { aboutConnections } from './about-connections.ts';
import { aboutAgents, aboutEdbJobs, aboutLogSequences, aboutSource } from './about-source.ts';
import {
  aboutLocks,
  aboutPrograms,
  aboutRecord,
  aboutRights,
  aboutSequences,
  aboutTarget,
  aboutTimeZones,
} from './about-target.ts';
import type { Elsewhere } from './elsewhere.ts';
import { unlessHidden } from './unless-hidden.ts';

const WRITTEN = ['timetable.chain', 'timetable.task', 'timetable.parameter'];

/**
 * Looks at everything that this run depends on, on both sides, before anything is written.
 * @param elsewhere what `lookElsewhere` began
 * @throws Failure where a side no longer answers
 */
export async function preflight(
  session: Session,
  found: PlanOverview,
  settings: Settings,
  elsewhere: Elsewhere,
): Promise<readonly Check[]> {
  const [source, target, difference, runners] = await together([
    aboutSourceSide(session, found, settings, elsewhere),
    aboutTargetSide(session, found, settings),
    differenceOfServers(session),
    aboutRunners(session, found, settings),
  ]);
  return [
    ...source,
    ...target,
    aboutTimeZones(session.clocks, session.settings.acceptTimeZone),
    aboutServerClocks(difference),
    ...runners,
    ...aboutPrograms(found.hasPrograms),
  ];
}

async function aboutSourceSide(
  { source, sourceClient }: Session,
  found: PlanOverview,
  settings: Settings,
  { ownConnections, installations }: Elsewhere,
): Promise<readonly Check[]> {
  const disabling = settings.disableSource ? lookAtDisabling(sourceClient) : null;
  return onSide('source', () =>
    inOrder(
      Promise.resolve(disabling).then((one) => aboutSource(source, one)),
      [aboutAgents(source, { disablesJobs: settings.disableSource, liveChains: found.exposedChains })],
      ownConnections,
      installations,
      unlessHidden(sourceClient, 'dbms-job', async () => aboutEdbJobs(await findEdbJobs(sourceClient))),
      unlessHidden(sourceClient, 'source-sequences', async () =>
        aboutLogSequences(await findLogsBehind(sourceClient)),
      ),
      settings.disableSource ? aboutLocksOn('source', sourceClient, ['pgagent.pga_job']) : [],
    ),
  );
}

async function aboutTargetSide(
  { target, targetClient, context }: Session,
  found: PlanOverview,
  settings: Settings,
): Promise<readonly Check[]> {
  return onSide('target', () =>
    inOrder(
      aboutTarget(target, context.target),
      rightsForCutover(target, targetClient, found, settings),
      target.isInRecovery ? [] : recordRights(targetClient).then((rights) => [aboutRecord(target, rights)]),
      mayRead(target) && found.newTasks > 0
        ? unlessHidden(targetClient, 'target-sequences', async () =>
            aboutSequences(
              await findSequencesBehind(targetClient, [
                { table: 'timetable.chain', column: 'chain_id', taken: found.newChains },
                { table: 'timetable.task', column: 'task_id', taken: found.newTasks },
              ]),
            ),
          )
        : [],
      mayRead(target) ? aboutLocksOn('target', targetClient, WRITTEN) : [],
    ),
  );
}

async function rightsForCutover(
  target: Session['target'],
  client: Client,
  found: PlanOverview,
  settings: Settings,
): Promise<readonly Check[]> {
  const changes = {
    replaces: settings.onConflict === 'replace',
    setsLive: settings.disableSource && sumOf(found.liveChains) > 0,
  };
  return aboutRights(target, mayRead(target) ? await missingCutoverRights(client, changes) : []);
}

/** Checks that are made at the same time, in the order in which they are printed. */
async function inOrder(
  ...checks: readonly (readonly Check[] | Promise<readonly Check[]>)[]
): Promise<readonly Check[]> {
  return (await together(checks)).flat();
}

function aboutLocksOn(
  side: 'source' | 'target',
  client: Client,
  tables: readonly string[],
): Promise<readonly Check[]> {
  return unlessHidden(client, 'locks', async () => aboutLocks(side, await findBlockingLocks(client, tables)));
}

async function differenceOfServers({
  sourceClient,
  targetClient,
  context,
}: Session): Promise<ClockOffset | null> {
  if (context.target.isSourceServer) return null;
  const [source, target] = await together([
    onSide('source', () => serverClock(sourceClient)),
    onSide('target', () => serverClock(targetClient)),
  ]);
  return clockDifference(source, target);
}

/** The clients of pg_timetable, and what keeps them from running chains. */
async function aboutRunners(
  { target, targetClient, context, settings: { targetRole } }: Session,
  found: PlanOverview,
  settings: Settings,
): Promise<readonly Check[]> {
  // active_session is not logged, so a replica has no copy of it.
  if (target.isInRecovery || !mayRead(target)) return [];
  const { liveChains } = found;
  const needed = [...liveChains.keys()].filter((name) => name !== null);
  const need = {
    liveChains,
    runsSeveralTimes: found.runsSeveralTimes,
    disablesJobs: settings.disableSource,
    areDisabled: settings.disableSource && found.handedOver === 0,
    isWithoutClient: settings.withoutClient,
  };
  return onSide('target', () => {
    const sighting = findClients(targetClient, needed);
    return inOrder(
      sighting.then((sightings) => aboutClients(need, sightings)),
      targetRole === null
        ? []
        : lookAtClientRole(targetClient, targetRole).then((role) => [aboutClientRole(targetRole, role)]),
      unlessHidden(targetClient, 'client-tick', async () =>
        aboutTicks((await readTicks(targetClient)).filter(({ isConnected }) => isConnected)),
      ),
      unlessHidden(targetClient, 'connections', async () => {
        const [{ connected }, liveNow, limits] = await together([
          sighting,
          countLiveChains(targetClient),
          connectionLimits(targetClient, targetRole),
        ]);
        return aboutConnections(
          {
            role: context.target.endpoint.role,
            clients: Math.max(1, new Set([...needed, ...connected.keys()]).size),
            open: sumOf(connected),
            chains: liveNow + sumOf(liveChains),
          },
          limits,
        );
      }),
      unlessHidden(targetClient, 'active-chains', async () =>
        aboutLeftRuns(await findLeftRuns(targetClient), found.knownNames),
      ),
    );
  });
}

function mayRead({ missingRights }: Session['target']): boolean {
  return !missingRights.some((right) => /^(?:USAGE|SELECT)/.test(right));
}

function sumOf(counts: ReadonlyMap<unknown, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
