import type { Check } from '../model/preflight.ts';
import { lookAtDisabling } from '../pgagent/disabling-rights.ts';
import { findEdbJobs } from '../pgagent/edb-jobs.ts';
import { lookForInstallations } from '../pgagent/find-installations.ts';
import { findLogsBehind } from '../pgagent/jobs-look.ts';
import type { PlanOverview } from '../planning/plan-all.ts';
import { findBlockingLocks } from '../postgres/blocking-locks.ts';
import { type Client, connect } from '../postgres/connect.ts';
import { connectionLimits } from '../postgres/connection-room.ts';
import { onSide } from '../postgres/query-errors.ts';
import { findSequencesBehind } from '../postgres/sequences-behind.ts';
import { type ClockOffset, clockDifference, serverClock } from '../postgres/server-clock.ts';
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
import { aboutConnections, aboutOwnConnections } from './about-connections.ts';
import {
  aboutAgents,
  aboutEdbJobs,
  aboutInstallations,
  aboutLogSequences,
  aboutSource,
} from './about-source.ts';
import {
  aboutLocks,
  aboutPrograms,
  aboutRecord,
  aboutRights,
  aboutSequences,
  aboutTarget,
  aboutTimeZones,
} from './about-target.ts';
import { unlessHidden } from './unless-hidden.ts';

const WRITTEN = ['timetable.chain', 'timetable.task', 'timetable.parameter'];
const MOST_FOR_OTHER_DATABASES = 2_000;

/**
 * Looks at everything that this run depends on, on both sides, before anything is written.
 * @throws Failure where a side no longer answers
 */
export async function preflight(
  session: Session,
  found: PlanOverview,
  settings: Settings,
): Promise<readonly Check[]> {
  return [
    ...(await aboutSourceSide(session, found, settings)),
    ...(await aboutTargetSide(session, found, settings)),
    aboutTimeZones(session.clocks, session.settings.acceptTimeZone),
    aboutServerClocks(await differenceOfServers(session)),
    ...(await aboutRunners(session, found, settings)),
    ...aboutPrograms(found.hasPrograms),
  ];
}

async function aboutSourceSide(
  { source, sourceClient, context }: Session,
  found: PlanOverview,
  settings: Settings,
): Promise<readonly Check[]> {
  return onSide('source', async () => [
    ...aboutSource(source, settings.disableSource ? await lookAtDisabling(sourceClient) : null),
    aboutAgents(source, { disablesJobs: settings.disableSource, liveChains: found.exposedChains }),
    ...(await unlessHidden(sourceClient, 'own-connections', async () =>
      aboutOwnConnections(
        source.user,
        context.target.isSourceServer,
        await connectionLimits(sourceClient, null),
      ),
    )),
    ...(await unlessHidden(sourceClient, 'other-pgagents', async () =>
      aboutInstallations(
        await lookForInstallations(
          sourceClient,
          (database) => connect({ ...settings.source, database, connectTimeoutSeconds: 2 }, 'source'),
          MOST_FOR_OTHER_DATABASES,
        ),
      ),
    )),
    ...(await unlessHidden(sourceClient, 'dbms-job', async () =>
      aboutEdbJobs(await findEdbJobs(sourceClient)),
    )),
    ...(await unlessHidden(sourceClient, 'source-sequences', async () =>
      aboutLogSequences(await findLogsBehind(sourceClient)),
    )),
    ...(settings.disableSource ? await aboutLocksOn('source', sourceClient, ['pgagent.pga_job']) : []),
  ]);
}

async function aboutTargetSide(
  { target, targetClient, context }: Session,
  found: PlanOverview,
  settings: Settings,
): Promise<readonly Check[]> {
  return onSide('target', async () => [
    ...aboutTarget(target, context.target),
    ...aboutRights(
      target,
      mayRead(target)
        ? await missingCutoverRights(targetClient, {
            replaces: settings.onConflict === 'replace',
            setsLive: settings.disableSource && sumOf(found.liveChains) > 0,
          })
        : [],
    ),
    ...(target.isInRecovery ? [] : [aboutRecord(target, await recordRights(targetClient))]),
    ...(mayRead(target) && found.newTasks > 0
      ? await unlessHidden(targetClient, 'target-sequences', async () =>
          aboutSequences(
            await findSequencesBehind(targetClient, [
              { table: 'timetable.chain', column: 'chain_id', taken: found.newChains },
              { table: 'timetable.task', column: 'task_id', taken: found.newTasks },
            ]),
          ),
        )
      : []),
    ...(mayRead(target) ? await aboutLocksOn('target', targetClient, WRITTEN) : []),
  ]);
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
  const source = await onSide('source', () => serverClock(sourceClient));
  return clockDifference(source, await onSide('target', () => serverClock(targetClient)));
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
  return onSide('target', async () => {
    const sightings = await findClients(targetClient, needed);
    const { connected } = sightings;
    const clients = new Set([...needed, ...connected.keys()]);
    return [
      ...aboutClients(
        {
          liveChains,
          runsSeveralTimes: found.runsSeveralTimes,
          disablesJobs: settings.disableSource,
          areDisabled: settings.disableSource && found.handedOver === 0,
          isWithoutClient: settings.withoutClient,
        },
        sightings,
      ),
      ...(targetRole === null
        ? []
        : [aboutClientRole(targetRole, await lookAtClientRole(targetClient, targetRole))]),
      ...(await unlessHidden(targetClient, 'client-tick', async () =>
        aboutTicks((await readTicks(targetClient)).filter(({ isConnected }) => isConnected)),
      )),
      ...(await unlessHidden(targetClient, 'connections', async () =>
        aboutConnections(
          {
            role: context.target.endpoint.role,
            clients: Math.max(1, clients.size),
            open: sumOf(connected),
            chains: (await countLiveChains(targetClient)) + sumOf(liveChains),
          },
          await connectionLimits(targetClient, targetRole),
        ),
      )),
      ...(await unlessHidden(targetClient, 'active-chains', async () =>
        aboutLeftRuns(await findLeftRuns(targetClient), found.knownNames),
      )),
    ];
  });
}

function mayRead({ missingRights }: Session['target']): boolean {
  return !missingRights.some((right) => /^(?:USAGE|SELECT)/.test(right));
}

function sumOf(counts: ReadonlyMap<unknown, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
