import type { ServerFacts } from '../../model/plan.ts';
import type { Dump } from '../../pgagent/dump/dump.ts';
import { readDump } from '../../pgagent/dump/read-dump.ts';
import type { TargetUse } from '../../timetable/target.ts';
import { fromDump } from '../../transform/advisories/index.ts';
import { Connections } from '../connections.ts';
import { NONE_DELETED } from '../deleted-jobs.ts';
import { type Interrupt, interrupted } from '../interrupt.ts';
import { planHeader } from '../plan-header.ts';
import { planningSide } from '../planning-side.ts';
import { runContext } from '../run-context.ts';
import type { DumpSession } from '../session.ts';
import type { DumpSettings } from '../settings.ts';
import { type DumpFacts, factsOfDump } from './facts.ts';
import { dumpSource, knownJobs, rowsOf } from './source.ts';
import { stepCollations } from './step-collations.ts';
import { assumeTarget, openTarget } from './target.ts';

/**
 * Reads a dump, and looks around on the target, if there is one.
 * @param now the instant that jobs are planned for, milliseconds since 1970 UTC; null for that of a saved plan, or this one
 * @param use what the target is for, which says whether it may lack pg_timetable's schema
 */
export async function openDump(
  settings: DumpSettings,
  interrupt: Interrupt,
  now: number | null = null,
  use: TargetUse = 'to-write',
): Promise<DumpSession> {
  const dump = await dumpOf(settings, interrupt);
  const connections = new Connections(settings.wait, interrupt);
  return connections.unlessFailed(() => lookAround(dump, settings, { now, use }, connections));
}

// Standard input may be silent for ever, and then only the promise can be left.
function dumpOf({ dump, history }: DumpSettings, interrupt: Interrupt): Promise<Dump> {
  const reading = new AbortController();
  return new Promise((done, fail) => {
    interrupt.whenStopped(() => {
      reading.abort();
      fail(interrupted());
    });
    readDump(dump, { historyDays: history, signal: reading.signal }).then(done, fail);
  });
}

async function lookAround(
  dump: Dump,
  given: DumpSettings,
  { now: instant, use }: { readonly now: number | null; readonly use: TargetUse },
  connections: Connections,
): Promise<DumpSession> {
  const facts = factsOfDump(dump);
  const database = facts.database ?? '';
  const sourceKey = `${facts.server}/${database}`;
  // A dump has no clock.
  const sourceNow = Date.now();
  const now = given.savedPlan?.plannedAt ?? instant ?? sourceNow;
  const jobs = await knownJobs(dump.jobs, given);
  const { target: endpoint } = given;
  const target =
    endpoint === null
      ? await assumeTarget(given, now)
      : await openTarget(
          given,
          endpoint,
          connections,
          { ...jobs, rows: rowsOf(dump) },
          { sourceKey, now, use },
        );
  const { client: targetClient, settings, clocks } = target;
  const sourceKeys = [sourceKey, ...target.dumpKeys];
  const names = dump.jobs.flatMap(({ steps }) => steps.map(({ name }) => name));
  const source = dumpSource(
    dump,
    jobs,
    settings.history > 0,
    await stepCollations(settings.collation, targetClient, [...new Set(names)]),
  );
  const ran = await source.history;
  const history = ran === null ? null : { ...ran, zone: clocks.source ?? clocks.target };
  const context = runContext(
    settings,
    now,
    clocks.target,
    {
      ...jobs,
      server: facts.server,
      user: null,
      counts: target.counts,
      facts: { database, encoding: dump.encoding, isOnWindows: false },
    },
    {
      facts: target.facts,
      address: given.savedPlan?.targetAddress ?? endpoint ?? NOWHERE,
      // A dump does not name its server: that of pg_timetable's database counts as the one that steps ran on.
      isSourceServer: target.facts.database !== '',
    },
  );
  const session = {
    ...planningSide({
      ...{ source, context, history, sourceKeys, targetClient, target: target.facts },
      ...{ settings, given, counts: target.counts },
    }),
    ...{ from: 'dump' as const, target: target.facts, context, clocks, history, settings },
    ...{ sourceKey, sourceKeys, sourceNow, dump: facts, hasRecord: target.hasRecord, isOneDatabase: false },
    header: planHeader(settings, now, headerOf(facts, settings, clocks.source?.name ?? null), target.header),
    aboutSource: [fromDump({}, newestOf(facts), target.facts.database || null, dump.history !== null)],
    endSnapshot: () => {},
    deletedJobs: async () => NONE_DELETED,
    logins: async () => target.logins,
    close: () => connections.close(),
  };
  return targetClient === null || endpoint === null
    ? { ...session, targetClient: null }
    : { ...session, targetClient, connect: () => connections.open(endpoint, 'target') };
}

/** No step's own connection string can lead there. */
const NOWHERE = { host: '', port: 0 };

function headerOf(
  { database, serverVersion, schemaVersion, newestTime }: DumpFacts,
  { dump: file }: DumpSettings,
  timeZone: string | null,
): ServerFacts {
  return {
    ...{ host: null, database, user: null, serverVersion, timeZone, identity: null },
    // In the words of a live schema.
    schemaVersion: schemaVersion === null ? 'of an unknown version' : `${schemaVersion}, not an extension,`,
    dump: { file, newestTime: newestTime === null ? null : new Date(newestTime).toISOString() },
  };
}

function newestOf({ newestTime }: DumpFacts): string | null {
  return newestTime === null
    ? null
    : `${new Date(newestTime).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
