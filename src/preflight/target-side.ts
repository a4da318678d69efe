import type { Check } from '../model/preflight.ts';
import type { PlanOverview } from '../planning/plan-all.ts';
import type { Client } from '../postgres/connect.ts';
import { connectionLimits } from '../postgres/connection-room.ts';
import { onSide } from '../postgres/query-errors.ts';
import { findSequencesBehind } from '../postgres/sequences-behind.ts';
import { together } from '../postgres/together.ts';
import type { WritingSession } from '../session/session.ts';
import type { Settings } from '../session/settings.ts';
import { lookAtClientRole } from '../timetable/client-role.ts';
import { findClients } from '../timetable/clients.ts';
import { countLiveChains } from '../timetable/conflicts.ts';
import { missingCutoverRights } from '../timetable/cutover-rights.ts';
import { findLeftRuns } from '../timetable/left-runs.ts';
import { recordRights } from '../timetable/record-rights.ts';
import { readTicks } from '../timetable/ticks.ts';
import { aboutClientRole, aboutClients, aboutLeftRuns } from './about-clients.ts';
import { aboutTicks } from './about-clocks.ts';
import { aboutConnections } from './about-connections.ts';
import { aboutRoles } from './about-roles.ts';
import { aboutRecord, aboutRights, aboutSequences, aboutTarget } from './about-target.ts';
import { aboutLocksOn, inOrder } from './in-order.ts';
import { unlessHidden } from './unless-hidden.ts';

const WRITTEN = ['timetable.chain', 'timetable.task', 'timetable.parameter'];

/** What the run depends on at the target. */
export async function aboutTargetSide(
  { target, targetClient, context }: WritingSession,
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
  target: WritingSession['target'],
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

/** The clients of pg_timetable, and what keeps them from running chains. */
export async function aboutRunners(
  { target, targetClient, context, settings: { targetRole } }: WritingSession,
  found: PlanOverview,
  settings: Settings,
): Promise<readonly Check[]> {
  // active_session is not logged, so a replica has no copy of it.
  if (target.isInRecovery || !mayRead(target)) return [];
  const { liveChains, hosts } = found;
  const needed = [...liveChains.keys()].filter((name) => name !== null);
  const need = {
    liveChains,
    hosts,
    runsSeveralTimes: found.runsSeveralTimes,
    disablesJobs: settings.disableSource,
    areDisabled: settings.disableSource && found.handedOver === 0,
    isWithoutClient: settings.withoutClient,
  };
  return onSide('target', () => {
    const sighting = findClients(targetClient, needed);
    return inOrder(
      sighting.then((sightings) => aboutClients(need, sightings)),
      aboutRoles('target', target.clientRoles, targetRole ?? target.user),
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

function mayRead({ missingRights }: WritingSession['target']): boolean {
  return !missingRights.some((right) => /^(?:USAGE|SELECT)/.test(right));
}

function sumOf(counts: ReadonlyMap<unknown, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
