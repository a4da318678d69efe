import { held } from '../model/held.ts';
import type { History } from '../model/history.ts';
import type { Job } from '../model/job.ts';
import type { PlanHeader } from '../model/plan.ts';
import { type CodeSearch, findCodeThatUsesPgAgent } from '../pgagent/code-that-uses-pgagent.ts';
import { findInstallations } from '../pgagent/find-installations.ts';
import { readJobs } from '../pgagent/read-jobs.ts';
import { connectedAgents, type SourceFacts } from '../pgagent/source.ts';
import { abandon, type Client, connect } from '../postgres/connect.ts';
import type { Endpoint } from '../postgres/endpoint.ts';
import { fromSide, onSide } from '../postgres/query-errors.ts';
import { together } from '../postgres/together.ts';
import { countOptions } from '../timetable/record.ts';
import { readSessionFacts, type TargetFacts } from '../timetable/target.ts';
import type { Context } from '../transform/context.ts';
import { type Clocks, readClocks } from './clocks.ts';
import { type CurrentJob, currentJobs } from './current-jobs.ts';
import { readDaemonLogins } from './daemon-logins.ts';
import type { Interrupt } from './interrupt.ts';
import { jobHistory } from './job-history.ts';
import { type Logins, readLogins } from './logins.ts';
import { lookAtSource } from './look-at-source.ts';
import { lookAtTarget } from './look-at-target.ts';
import { planHeader } from './plan-header.ts';
import { contextForJob, fromRecord, withRecordedRoles } from './recorded-options.ts';
import type { Settings } from './settings.ts';

type Side = 'source' | 'target';

/** Both ends of a run, open, and what is known of them. */
export interface Session {
  readonly source: SourceFacts;
  readonly target: TargetFacts;
  /** In the snapshot that the jobs are read in. */
  readonly sourceClient: Client;
  readonly targetClient: Client;
  readonly header: PlanHeader;
  readonly context: Context;
  readonly clocks: Clocks;
  /** What pgAgent ran; null where nobody looked. */
  readonly history: History | null;
  /** Those of the run, with the roles and the clock that the record says. */
  readonly settings: Settings;
  /** What came out of the record, in a sentence; null for nothing. */
  readonly fromRecord: string | null;
  /** What one job is planned by: the record may say more of it than the options of the run. */
  contextFor(current: CurrentJob): Context;
  /** What the record on the target calls this pgAgent. */
  readonly sourceKey: string;
  /** Whether the target had a record that this user may read, when the session was opened. */
  readonly hasRecord: boolean;
  /** Whether pgAgent and pg_timetable live in one database, so that one transaction reaches both. */
  readonly isOneDatabase: boolean;
  /** How many they are. */
  countJobs(): Promise<number>;
  /** How many jobs of the source are not selected. */
  readonly excludedJobs: number;
  /**
   * The selected jobs in batches, with what tells how each stood before this tool touched it; as often as asked for, always
   * the same, since it is one snapshot.
   * @param ids those of them that are wanted; null for all
   */
  currentJobs(ids?: readonly number[] | null): AsyncGenerator<readonly CurrentJob[]>;
  /** Some jobs as they are in the snapshot, selected or not. */
  jobsOf(ids: readonly number[]): AsyncGenerator<Job>;
  /** Ends the snapshot, without waiting for that: from here on no transaction of this run is open, and no job can be read. */
  endSnapshot(): void;
  /** A new session on a side, in place of one that was lost. It ends with this one. */
  connect(side: Side): Promise<Client>;
  /**
   * A session outside the snapshot, to be left in no transaction; opened when first asked for, and again where it was
   * lost. In one database both sides share it; in two, that of the target is `targetClient`. So no run has more than three
   * sessions on one server: a role may be allowed no more.
   */
  control(side: Side): Promise<Client>;
  /** As whom local SQL steps ran, and as whom they will run. */
  logins(): Promise<Logins>;
  codeThatUsesPgAgent(): Promise<CodeSearch>;
  /** The stations of the agents that are connected at this moment, whatever the snapshot holds. */
  agentsNow(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/**
 * Connects to both sides and looks around.
 * @param now the instant that jobs are planned for, milliseconds since 1970 UTC; null for that of a saved plan, or this one
 * @param mayLackSchema whether the target may be one in which pg_timetable has not made its schema yet
 */
export async function openSession(
  settings: Settings,
  interrupt: Interrupt,
  now: number | null = null,
  mayLackSchema = false,
): Promise<Session> {
  const opened = new Set<Client>();
  const attempts = new Set<Client>();
  let isClosed = false;
  const open = async (endpoint: Endpoint, side: Side): Promise<Client> => {
    const client = await connect(endpoint, side, {
      onAttempt: (attempt) => {
        attempts.add(attempt);
        interrupt.whenStopped(() => abandon(attempt));
        if (isClosed) abandon(attempt);
      },
      waits: settings.wait,
    });
    opened.add(client);
    client.once('end', () => opened.delete(client));
    interrupt.check();
    return client;
  };
  const close = async (): Promise<void> => {
    isClosed = true;
    // One side may have failed before the other was reached.
    for (const attempt of attempts) if (!opened.has(attempt)) abandon(attempt);
    await Promise.all([...opened].map((client) => client.end().catch(() => {})));
  };
  try {
    return {
      ...(await lookAround(settings, { now, mayLackSchema }, open, (client) => opened.has(client))),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type Open = (endpoint: Endpoint, side: Side) => Promise<Client>;

async function lookAround(
  given: Settings,
  { now: instant, mayLackSchema }: { readonly now: number | null; readonly mayLackSchema: boolean },
  open: Open,
  isOpen: (client: Client) => boolean,
): Promise<Omit<Session, 'close'>> {
  const lookingAtTarget = held(
    open(given.target, 'target').then((client) =>
      onSide('target', () => lookAtTarget(client, mayLackSchema)),
    ),
  );
  const sourceClient = await open(given.source, 'source');
  const sourceLook = await onSide('source', () =>
    lookAtSource(sourceClient, given, () =>
      findInstallations(sourceClient, (database) =>
        connect({ ...given.source, database, connectTimeoutSeconds: 3 }, 'source'),
      ),
    ),
  );
  const { facts: source, identity: sourceIdentity, unreadable, jobIds, jobCount, shared, hosts } = sourceLook;
  const targetLook = await lookingAtTarget;
  const { client: targetClient, identity: targetIdentity } = targetLook;
  const server = clusterOf(sourceIdentity) ?? `${given.source.host}:${given.source.port}`;
  const sourceKey = `${server}/${source.database}`;
  const isSourceServer =
    given.isTargetSource || (sourceIdentity !== null && sourceIdentity === targetIdentity);
  // Whoever may not read the record hears it later.
  const counts = targetLook.hasRecord
    ? await onSide('target', () => countOptions(targetClient, sourceKey, jobIds))
    : [];
  const settings = counts.length === 0 ? given : withRecordedRoles(given, counts, jobCount);
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
  const { plannedAt: now, targetAddress } = settings.savedPlan ?? {
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
  const context: Context = {
    now,
    ambiguousSchedules: shared.schedules,
    ambiguousJobs: shared.jobs,
    source: {
      database: source.database,
      encoding: source.encoding,
      isOnWindows: source.isOnWindows,
      server,
    },
    zone: clocks.target,
    history: null,
    target: {
      database: target.database,
      isSourceServer,
      hasTaskLive: target.hasTaskLive,
      knowsSslNegotiation: target.isSixOrLater,
      knowsClientName: target.isFiveThirteenOrLater,
      connectedClients: target.connectedClients,
      knownClients: knownClients(target.knownClients, hosts, given.clientNames),
      endpoint: {
        host: targetAddress.host,
        port: targetAddress.port,
        role: settings.targetRole ?? target.user,
      },
      transactionTimeouts: target.transactionTimeouts,
      encoding: target.encoding,
    },
    options: settings,
  };
  const jobsOf = (ids: readonly number[] | null): AsyncGenerator<Job> =>
    fromSide('source', readJobs(sourceClient, ids, unreadable));
  return {
    source,
    target,
    sourceClient,
    targetClient,
    header: planHeader(
      settings,
      now,
      { facts: source, zone: clocks.source, identity: clusterOf(sourceIdentity) },
      { facts: target, zone: clocks.target, identity: clusterOf(targetIdentity) },
    ),
    context,
    history,
    contextFor: (current) => ({
      ...asSaved(contextForJob(current, context, settings.given), current.job.id, settings),
      history: history === null ? null : { own: jobHistory(current.row, history), all: history },
    }),
    settings,
    fromRecord: fromRecord(counts, settings, given),
    clocks,
    sourceKey,
    hasRecord: targetLook.hasRecord,
    isOneDatabase,
    countJobs: async () => jobCount,
    excludedJobs: sourceLook.excludedJobs,
    currentJobs: (ids = null) =>
      currentJobs(jobsOf(ids ?? jobIds), {
        sourceClient,
        targetClient,
        sourceKey,
        mayReadRecord: target.missingRights.length === 0,
      }),
    jobsOf,
    endSnapshot: () => {
      held(sourceClient.query('COMMIT'));
    },
    connect: (side) => open(settings[side], side),
    control: controlSessions(settings, open, isOpen, isOneDatabase ? null : targetClient),
    logins: () => logins,
    codeThatUsesPgAgent: () => onSide('source', () => findCodeThatUsesPgAgent(sourceClient)),
    agentsNow: async () => {
      const client = await open(settings.source, 'source');
      try {
        return await onSide('source', () => connectedAgents(client, source.isInRecovery));
      } finally {
        await client.end();
      }
    },
  };
}

// Which jobs are paused was decided as the plan was made.
function asSaved(context: Context, jobId: number, { savedPlan }: Settings): Context {
  if (savedPlan === null) return context;
  const pauseDormant = savedPlan.jobs.get(jobId)?.isDormant ? 'held' : false;
  return { ...context, options: { ...context.options, pauseDormant } };
}

/** @param target that of the target; null for one database, whose jobs are moved as the user of the target */
function controlSessions(
  settings: Settings,
  open: Open,
  isOpen: (client: Client) => boolean,
  target: Client | null,
): Session['control'] {
  const controls = new Map<Side, Client>(target === null ? [] : [['target', target]]);
  return async (side) => {
    const place = target === null ? 'target' : side;
    const there = controls.get(place);
    if (there !== undefined && isOpen(there)) return there;
    const client = await open(settings[place], place);
    controls.set(place, client);
    return client;
  };
}

// The cluster alone, without the moment at which it was started.
function clusterOf(identity: string | null): string | null {
  return identity?.split(' ', 1)[0] ?? null;
}

// A job that this run leaves out names its client in a later one.
function knownClients(
  seen: readonly string[],
  hosts: ReadonlySet<string>,
  clientNames: Settings['clientNames'],
): readonly string[] {
  const named = [...hosts].map((host) => clientNames.get(host) ?? host).filter((name) => name !== '');
  return [...new Set([...seen, ...named])].sort();
}
