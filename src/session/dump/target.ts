import type { ServerFacts } from '../../model/plan.ts';
import type { JobSource } from '../../pgagent/job-source.ts';
import type { Client } from '../../postgres/connect.ts';
import type { Endpoint } from '../../postgres/endpoint.ts';
import { readLogin } from '../../postgres/login.ts';
import { onSide } from '../../postgres/query-errors.ts';
import { together } from '../../postgres/together.ts';
import { assumedTarget, readSessionFacts, type TargetFacts, type TargetUse } from '../../timetable/target.ts';
import type { Clocks } from '../clocks.ts';
import { withConnectedRoles } from '../connected-roles.ts';
import type { Connections } from '../connections.ts';
import { type Logins, readTargetLogin } from '../logins.ts';
import { lookAtTarget } from '../look-at-target.ts';
import { clusterOf, serverFacts } from '../plan-header.ts';
import { type OptionCount, withRecordedRoles } from '../recorded-options.ts';
import type { DumpSettings } from '../settings.ts';
import { readDumpClocks } from './clocks.ts';
import { NO_RECORD, recordOfSource } from './keys.ts';

/** Where the chains of a dump go: a target that was looked at, or one that the plan assumes. */
export interface DumpTarget {
  /** null where none is looked at. */
  readonly client: Client | null;
  readonly facts: TargetFacts;
  readonly header: ServerFacts;
  /** Those of the run, with what the record says of all jobs. */
  readonly settings: DumpSettings;
  readonly counts: readonly OptionCount[];
  readonly clocks: Clocks;
  readonly logins: Logins | null;
  readonly hasRecord: boolean;
  /** What its record calls other dumps of the same pgAgent. */
  readonly dumpKeys: readonly string[];
}

/** What a plan is for that has no target. */
export async function assumeTarget(settings: DumpSettings, now: number): Promise<DumpTarget> {
  const { targetDatabase } = settings;
  const facts = assumedTarget(targetDatabase ?? '');
  const clocks = await readDumpClocks(settings, null, now);
  return {
    ...{ client: null, facts, settings, counts: [], clocks, logins: null, hasRecord: false, dumpKeys: [] },
    header: {
      ...{ host: null, database: targetDatabase, user: null, serverVersion: null, identity: null },
      schemaVersion: facts.schemaVersion,
      timeZone: clocks.source?.name ?? null,
    },
  };
}

/**
 * Connects to the target and looks around.
 * @param sourceKey what its record calls the pgAgent of the dump
 * @param run with what the target is for, which says whether it may lack pg_timetable's schema
 */
export async function openTarget(
  given: DumpSettings,
  endpoint: Endpoint,
  connections: Connections,
  source: Pick<JobSource, 'jobIds' | 'jobCount' | 'rows'>,
  run: { readonly sourceKey: string; readonly now: number; readonly use: TargetUse },
): Promise<DumpTarget> {
  const client = await connections.open(endpoint, 'target');
  const look = await onSide('target', () => lookAtTarget(client, endpoint, run.use));
  // Whoever may not read the record hears it later.
  const record = look.hasRecord ? await recordOfSource(client, run.sourceKey, source) : NO_RECORD;
  const counts = [...record.counts, ...record.dumpCounts];
  const settings = withConnectedRoles(
    counts.length === 0 ? given : withRecordedRoles(given, counts, source.jobCount),
    null,
    look,
  );
  const login = await onSide('target', () => readLogin(client, settings.targetRole, look.seesStored));
  const [sessionFacts, clocks, logins] = await together([
    onSide('target', () => readSessionFacts(client, login)),
    readDumpClocks(settings, { ...look, login }, run.now),
    readTargetLogin(settings, login, client),
  ]);
  const facts = { ...look.facts, ...sessionFacts };
  return {
    ...{ client, facts, settings, counts, clocks, logins, hasRecord: look.hasRecord },
    dumpKeys: record.dumpKeys,
    header: serverFacts(endpoint, facts, clocks.target, clusterOf(look.identity)),
  };
}
