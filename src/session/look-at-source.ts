import { held } from '../model/held.ts';
import { findCodeThatUsesPgAgent } from '../pgagent/code-that-uses-pgagent.ts';
import { readJobRows } from '../pgagent/job-rows.ts';
import type { JobSource, KnownJobs } from '../pgagent/job-source.ts';
import { readHistory } from '../pgagent/read-history.ts';
import { countJobs, findHosts, findSharedNames, readJobs } from '../pgagent/read-jobs.ts';
import { requireJobs, selectJobs } from '../pgagent/selection.ts';
import { openSource, readSourceFacts, type SourceFacts } from '../pgagent/source.ts';
import { outcomesOf } from '../pgagent/switch-jobs.ts';
import { findUnreadableJobs } from '../pgagent/unreadable-jobs.ts';
import type { Client } from '../postgres/connect.ts';
import { seesRoleSettings } from '../postgres/login.ts';
import { fromSide, onSide } from '../postgres/query-errors.ts';
import { serverIdentity } from '../postgres/server-identity.ts';
import { serverZone } from '../postgres/time-zone.ts';
import { together } from '../postgres/together.ts';
import { checkHosts } from './check-hosts.ts';
import type { Settings } from './settings.ts';

/** What is known of the source before its first job is read. */
export interface SourceLook extends JobSource {
  readonly client: Client;
  readonly facts: SourceFacts;
  readonly identity: string | null;
  readonly seesStored: boolean;
  readonly zoneOfServer: string | null;
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
  const { unreadable, ...known } = jobs;
  return {
    ...{ client, facts, identity, seesStored, zoneOfServer, history, ...known },
    jobs: (ids) => fromSide('source', readJobs(client, ids, unreadable)),
    rows: (ids) => onSide('source', () => readJobRows(client, ids)),
    outcomesOf: (ids) => onSide('source', () => outcomesOf(client, ids)),
    codeThatUsesPgAgent: () => onSide('source', () => findCodeThatUsesPgAgent(client)),
  };
}

async function lookAtJobs(
  client: Client,
  settings: Settings,
  encoding: string,
): Promise<KnownJobs & { readonly unreadable: ReadonlySet<number> }> {
  const { jobs, excludedJobs, jobTransactions } = settings;
  const unreadable = await findUnreadableJobs(client, encoding);
  const [jobIds, shared, , hosts, allJobs] = await together([
    selectJobs(client, jobs, excludedJobs, unreadable),
    findSharedNames(client),
    requireJobs(client, '--transaction', [...jobTransactions.keys()], unreadable),
    findHosts(client, unreadable),
    countJobs(client, null),
  ]);
  checkHosts(settings, hosts);
  const jobCount = jobIds?.length ?? allJobs;
  return { unreadable, jobIds, jobCount, excludedJobs: allJobs - jobCount, shared, hosts };
}
