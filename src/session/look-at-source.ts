import { Failure } from '../model/failure.ts';
import { held } from '../model/held.ts';
import type { History } from '../model/history.ts';
import { shellWord } from '../model/shell-word.ts';
import { readHistory } from '../pgagent/read-history.ts';
import { countJobs, findHosts, findSharedNames, type SharedNames } from '../pgagent/read-jobs.ts';
import { requireJobs, selectJobs } from '../pgagent/selection.ts';
import { openSource, readSourceFacts, type SourceFacts } from '../pgagent/source.ts';
import { findUnreadableJobs } from '../pgagent/unreadable-jobs.ts';
import type { Client } from '../postgres/connect.ts';
import { seesRoleSettings } from '../postgres/login.ts';
import { serverIdentity } from '../postgres/server-identity.ts';
import { serverZone } from '../postgres/time-zone.ts';
import { together } from '../postgres/together.ts';
import { shellNames } from './plan-header.ts';
import type { Settings } from './settings.ts';

/** The jobs of the source, as far as they are known before the first is read. */
interface JobsOfSource {
  /** Those with text that is not UTF-8. */
  readonly unreadable: ReadonlySet<number>;
  /** Those that are asked for; null for all. */
  readonly jobIds: readonly number[] | null;
  /** How many these are. */
  readonly jobCount: number;
  /** How many others the source has. */
  readonly excludedJobs: number;
  readonly shared: SharedNames;
  /** What jobs are bound to; '' for any host. */
  readonly hosts: ReadonlySet<string>;
}

/** What is known of the source before its first job is read. */
export interface SourceLook extends JobsOfSource {
  readonly client: Client;
  readonly facts: SourceFacts;
  readonly identity: string | null;
  readonly seesStored: boolean;
  readonly zoneOfServer: string | null;
  /** What pgAgent ran, on its way; null where nobody wants it. */
  readonly history: Promise<Omit<History, 'zone'>> | null;
}

/**
 * Begins the snapshot, and asks all that depends on nothing but the source, in as few round trips as the answers allow.
 * @param findElsewhere names the other databases of the server that hold a pgagent schema
 * @throws Failure of code `failed` for a source that cannot be read, `usage` for an option that fits no job
 */
export async function lookAtSource(
  client: Client,
  settings: Settings,
  findElsewhere: () => Promise<readonly string[]>,
): Promise<SourceLook> {
  const opening = openSource(client, findElsewhere);
  const identifying = held(serverIdentity(client));
  const seeing = held(seesRoleSettings(client));
  const basics = await opening;
  const history = settings.history === 0 ? null : held(readHistory(client, settings.history));
  const [facts, jobs, identity, seesStored, zoneOfServer] = await together(
    [
      readSourceFacts(client, basics),
      lookAtJobs(client, settings, basics.encoding),
      identifying,
      seeing,
      serverZone(client),
    ],
    [history],
  );
  return { client, facts, identity, seesStored, zoneOfServer, history, ...jobs };
}

async function lookAtJobs(client: Client, settings: Settings, encoding: string): Promise<JobsOfSource> {
  const { jobs, excludedJobs, jobTransactions, clientNames } = settings;
  const unreadable = await findUnreadableJobs(client, encoding);
  const [jobIds, shared, , hosts, allJobs] = await together([
    selectJobs(client, jobs, excludedJobs, unreadable),
    findSharedNames(client),
    requireJobs(client, '--transaction', [...jobTransactions.keys()], unreadable),
    findHosts(client, unreadable),
    countJobs(client, null),
  ]);
  checkHosts('client-name', clientNames, hosts);
  checkHosts('shell', shellNames(settings), hosts);
  const jobCount = jobIds?.length ?? allJobs;
  return { unreadable, jobIds, jobCount, excludedJobs: allJobs - jobCount, shared, hosts };
}

function checkHosts(
  option: 'client-name' | 'shell',
  given: ReadonlyMap<string, string>,
  hosts: ReadonlySet<string>,
): void {
  // A source without jobs has no host, and nothing to find a slip by.
  if (hosts.size === 0) return;
  for (const [host, name] of given) {
    if (hosts.has(host)) continue;
    const what = host === '' ? 'no job is for any host' : `no job is for the host "${host}"`;
    const known = [...hosts].filter((one) => one !== '').map((one) => `"${one}"`);
    throw new Failure(
      'usage',
      `--${option} ${shellWord(`${host}=${name}`)}: ${what}.`,
      known.length === 0 ? 'No job of the source is bound to a host.' : `The hosts are ${known.join(', ')}.`,
    );
  }
}
