import { PLAN_VERSION, type PlanHeader, type ServerFacts } from '../model/plan.ts';
import type { Zone } from '../model/zone.ts';
import { formatConninfo } from '../postgres/conninfo.ts';
import type { Endpoint } from '../postgres/endpoint.ts';
import { withoutPassword } from '../transform/step/password-file.ts';
import type { Settings } from './settings.ts';

/**
 * What a plan says of the run as a whole.
 * @param now what counted as now, milliseconds since 1970 UTC
 */
export function planHeader(
  settings: Settings,
  now: number,
  source: ServerFacts,
  target: ServerFacts,
): PlanHeader {
  return {
    planVersion: PLAN_VERSION,
    plannedAt: new Date(now).toISOString(),
    source,
    target,
    options: {
      shell: settings.shellName,
      hostShells: Object.fromEntries(shellNames(settings)),
      partial: settings.partial,
      paused: settings.paused,
      pauseDormant: settings.pauseDormant,
      history: settings.history,
      schedules: settings.schedules,
      onDemand: settings.onDemand,
      overlap: settings.overlap,
      lastDay: settings.lastDay,
      allowManyChains: settings.allowManyChains,
      transaction: settings.transaction,
      jobTransactions: Object.fromEntries(settings.jobTransactions),
      stripPasswords: settings.stripPasswords,
      acceptTimeZone: settings.acceptTimeZone,
      jobs: settings.jobs,
      excludedJobs: settings.excludedJobs,
      clientNames: Object.fromEntries(settings.clientNames),
      everyClient: settings.everyClient,
      stepConninfo: stepConninfoOf(settings),
      sourceRole: settings.sourceRole,
      targetRole: settings.targetRole,
      sourceTimeZone: settings.sourceTimeZone,
      collation: settings.collation,
      disableSource: settings.disableSource,
      given: [...settings.given].sort(),
    },
  };
}

/** The shells of hosts by the names that the user gave. */
export function shellNames({ hostShells }: Pick<Settings, 'hostShells'>): ReadonlyMap<string, string> {
  return new Map([...hostShells].map(([host, { name }]) => [host, name]));
}

/**
 * What a plan says of a server that was looked at.
 * @param zone what its daemon's wall clock shows
 * @param identity what tells its cluster from others; null where that cannot be seen
 */
export function serverFacts(
  { host, port }: Endpoint,
  facts: Pick<ServerFacts, 'database' | 'user' | 'serverVersion' | 'schemaVersion'>,
  zone: Zone,
  identity: string | null,
): ServerFacts {
  return {
    host: `${host}:${port}`,
    database: facts.database,
    user: facts.user,
    serverVersion: facts.serverVersion,
    schemaVersion: facts.schemaVersion,
    timeZone: zone.name,
    identity,
  };
}

function stepConninfoOf({ stepConninfo, stripPasswords }: Settings): string | null {
  if (stepConninfo === null) return null;
  return formatConninfo(stripPasswords ? withoutPassword(stepConninfo) : stepConninfo);
}

/** The cluster alone of what tells a server from others, without the moment at which it was started. */
export function clusterOf(identity: string | null): string | null {
  return identity?.split(' ', 1)[0] ?? null;
}
