import type { KnownJobs } from '../pgagent/job-source.ts';
import type { Endpoint } from '../postgres/endpoint.ts';
import type { TargetFacts } from '../timetable/target.ts';
import type { Context, TargetTraits } from '../transform/context.ts';
import type { OptionCount } from './recorded-options.ts';
import type { Settings } from './settings.ts';

/** What a run knows of the side that its jobs come from. */
export interface ContextSource extends Pick<KnownJobs, 'shared' | 'hosts'> {
  readonly facts: Pick<Context['source'], 'database' | 'encoding' | 'isOnWindows'>;
  /** What tells its server from others. */
  readonly server: string;
  /** Who this run connected as; null for a dump. */
  readonly user: string | null;
  /** What the record says. */
  readonly counts: readonly Pick<OptionCount, 'options'>[];
}

/** What a run knows of the side that its chains go to. */
export interface ContextTarget {
  readonly facts: TargetFacts;
  /** How this run reached it. */
  readonly address: Pick<Endpoint, 'host' | 'port'>;
  readonly isSourceServer: boolean;
}

/**
 * What all jobs of a run are planned by, but for what pgAgent ran.
 * @param now milliseconds since 1970 UTC
 */
export function runContext(
  settings: Settings,
  now: number,
  zone: Context['zone'],
  source: ContextSource,
  { facts, address, isSourceServer }: ContextTarget,
): Context {
  const { database, encoding, isOnWindows } = source.facts;
  return {
    now,
    ambiguousSchedules: source.shared.schedules,
    ambiguousJobs: source.shared.jobs,
    source: {
      ...{ database, encoding, isOnWindows, server: source.server },
      role: settings.sourceRole ?? source.user,
    },
    zone,
    history: null,
    target: {
      database: facts.database,
      isSourceServer,
      hasTaskLive: facts.hasTaskLive,
      knowsSslNegotiation: facts.isSixOrLater,
      knowsClientName: facts.isFiveThirteenOrLater,
      connectedClients: facts.connectedClients,
      knownClients: knownClients(facts.knownClients, source, settings.clientNames),
      endpoint: { host: address.host, port: address.port, role: settings.targetRole ?? facts.user },
      transactionTimeouts: facts.transactionTimeouts,
      encoding: facts.encoding,
    } satisfies TargetTraits,
    options: settings,
  };
}

// A job that this run leaves out names its client in a later one; one that has moved has its client.
function knownClients(
  seen: readonly string[],
  { hosts, counts }: Pick<ContextSource, 'hosts' | 'counts'>,
  clientNames: Settings['clientNames'],
): readonly string[] {
  const named = [...hosts].flatMap((host) => {
    const recorded = counts.flatMap(({ options }) => options.clientNames[host] ?? []);
    const given = clientNames.get(host);
    if (given !== undefined) return [given];
    return recorded.length > 0 ? recorded : [host];
  });
  return [...new Set([...seen, ...named.filter((name) => name !== '')])].sort();
}
