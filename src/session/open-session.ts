import { held } from '../model/held.ts';
import { connectedAgents } from '../pgagent/source.ts';
import { type Client, connect } from '../postgres/connect.ts';
import { findDatabasesWith } from '../postgres/databases-with-schema.ts';
import { onSide } from '../postgres/query-errors.ts';
import { together } from '../postgres/together.ts';
import { readSessionFacts, type TargetFacts, type TargetUse } from '../timetable/target.ts';
import { readClocks } from './clocks.ts';
import { withConnectedRoles } from './connected-roles.ts';
import { Connections } from './connections.ts';
import { readDaemonLogins } from './daemon-logins.ts';
import { type DeletedJobs, findDeletedJobs, NONE_DELETED } from './deleted-jobs.ts';
import { forLiveSource, NO_RECORD, recordOfSource } from './dump/keys.ts';
import type { Interrupt } from './interrupt.ts';
import { readLogins } from './logins.ts';
import { lookAtSource } from './look-at-source.ts';
import { lookAtTarget } from './look-at-target.ts';
import { clusterOf, planHeader, serverFacts } from './plan-header.ts';
import { planningSide } from './planning-side.ts';
import { withRecordedRoles } from './recorded-options.ts';
import { runContext } from './run-context.ts';
import type { LiveSession, Side } from './session.ts';
import type { LiveSettings } from './settings.ts';

/**
 * Connects to both sides and looks around.
 * @param now the instant that jobs are planned for, milliseconds since 1970 UTC; null for that of a saved plan, or this one
 * @param use what the target is for, which says whether it may lack pg_timetable's schema
 */
export async function openSession(
  settings: LiveSettings,
  interrupt: Interrupt,
  now: number | null = null,
  use: TargetUse = 'written',
): Promise<LiveSession> {
  const connections = new Connections(settings.wait, interrupt);
  return connections.unlessFailed(async () => ({
    ...(await lookAround(settings, { now, use }, connections)),
    close: () => connections.close(),
  }));
}

async function lookAround(
  given: LiveSettings,
  { now: instant, use }: { readonly now: number | null; readonly use: TargetUse },
  connections: Connections,
): Promise<Omit<LiveSession, 'close'>> {
  const lookingAtTarget = held(
    connections
      .open(given.target, 'target')
      .then((client) => onSide('target', () => lookAtTarget(client, given.target, use))),
  );
  const sourceClient = await connections.open(given.source, 'source');
  const sourceLook = await onSide('source', () =>
    lookAtSource(sourceClient, given, () =>
      findDatabasesWith(sourceClient, 'pgagent', (database) =>
        connect({ ...given.source, database, connectTimeoutSeconds: 3 }, 'source'),
      ),
    ),
  );
  const { facts: source, identity: sourceIdentity } = sourceLook;
  const targetLook = await lookingAtTarget;
  const { client: targetClient, identity: targetIdentity } = targetLook;
  const server = clusterOf(sourceIdentity) ?? `${given.source.host}:${given.source.port}`;
  const sourceKey = `${server}/${source.database}`;
  const isSourceServer =
    given.isTargetSource || (sourceIdentity !== null && sourceIdentity === targetIdentity);
  // Whoever may not read the record hears it later.
  const record = targetLook.hasRecord ? await recordOfSource(targetClient, sourceKey, sourceLook) : NO_RECORD;
  const counts = [...record.counts, ...record.dumpCounts.map(forLiveSource)];
  const sourceKeys = [sourceKey, ...record.dumpKeys];
  const settings = withConnectedRoles(
    counts.length === 0 ? given : withRecordedRoles(given, counts, sourceLook.jobCount),
    sourceLook,
    targetLook,
  );
  const [daemons, ran] = await together([
    readDaemonLogins(
      settings,
      { ...sourceLook, user: given.source.user, database: source.database },
      { ...targetLook, user: given.target.user, database: targetLook.facts.database },
      isSourceServer,
    ),
    onSide('source', async () => sourceLook.history),
  ]);
  // What a plan was made with: its instant, which its text holds to the millisecond, and its way to the target.
  const { plannedAt: now, targetAddress: address } = settings.savedPlan ?? {
    plannedAt: instant ?? Math.trunc(source.now),
    targetAddress: settings.target,
  };
  const logins = held(readLogins(settings, daemons, sourceClient, targetClient, isSourceServer));
  const [sessionFacts, clocks] = await together([
    onSide('target', () => readSessionFacts(targetClient, daemons.timetable)),
    readClocks(
      settings,
      { ...sourceLook, login: daemons.agent },
      { ...targetLook, login: daemons.timetable },
      isSourceServer,
      now,
    ),
    // Only who asks for them hears that there are none.
    logins.catch(() => null),
  ]);
  const target: TargetFacts = { ...targetLook.facts, ...sessionFacts };
  const history = ran === null ? null : { ...ran, zone: clocks.source };
  const isOneDatabase = isSourceServer && source.database === target.database;
  const context = runContext(
    settings,
    now,
    clocks.target,
    { ...sourceLook, server, user: source.user, counts },
    { facts: target, address, isSourceServer },
  );
  const mayReadRecord = targetLook.hasRecord && target.missingRights.length === 0;
  let deletedJobs: Promise<DeletedJobs> | null = mayReadRecord ? null : Promise.resolve(NONE_DELETED);
  return {
    ...planningSide({
      ...{ source: sourceLook, target, targetClient, context, history, sourceKeys },
      ...{ settings, given, counts },
    }),
    ...{ from: 'live', source, target, sourceClient, targetClient, context, history, settings, clocks },
    header: planHeader(
      settings,
      now,
      serverFacts(settings.source, source, clocks.source, clusterOf(sourceIdentity)),
      serverFacts(settings.target, target, clocks.target, clusterOf(targetIdentity)),
    ),
    sourceKey,
    sourceKeys,
    sourceNow: source.now,
    hasRecord: targetLook.hasRecord,
    aboutSource: [],
    isOneDatabase,
    jobsOf: (ids) => sourceLook.jobs(ids),
    endSnapshot: () => {
      held(sourceClient.query('ROLLBACK'));
    },
    deletedJobs: () => {
      deletedJobs ??= findDeletedJobs({ sourceClient, targetClient, sourceKeys }, given);
      return deletedJobs;
    },
    connect: (side) => connections.open(settings[side], side),
    control: controlSessions(settings, connections, isOneDatabase ? null : targetClient),
    logins: () => logins,
    agentsNow: async () => {
      const client = await connections.open(settings.source, 'source');
      try {
        return await onSide('source', () => connectedAgents(client, source.isInRecovery));
      } finally {
        await client.end();
      }
    },
  };
}

/** @param target that of the target; null for one database, whose jobs are moved as the user of the target */
function controlSessions(
  settings: LiveSettings,
  connections: Connections,
  target: Client | null,
): LiveSession['control'] {
  const controls = new Map<Side, Client>(target === null ? [] : [['target', target]]);
  return async (side) => {
    const place = target === null ? 'target' : side;
    const there = controls.get(place);
    if (there !== undefined && connections.isOpen(there)) return there;
    const client = await connections.open(settings[place], place);
    controls.set(place, client);
    return client;
  };
}
