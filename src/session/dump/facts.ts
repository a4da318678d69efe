import { createHash } from 'node:crypto';
import type { Dump } from '../../pgagent/dump/dump.ts';

/** What a dump tells of its pgAgent as a whole. */
export interface DumpFacts {
  /** Of the server that was dumped; null where the dump does not say. */
  readonly serverVersion: string | null;
  readonly database: string | null;
  /** The first digit of the version of pgAgent's schema; null where the dump does not tell it: that of an extension. */
  readonly schemaVersion: string | null;
  /** The newest time in the dump, milliseconds since 1970 UTC: it is no older. */
  readonly newestTime: number | null;
  /** The agents that were noted in it. */
  readonly agents: readonly string[];
  /** What tells its pgAgent from others, as far as its oldest job does. */
  readonly server: string;
}

export function factsOfDump(dump: Dump): DumpFacts {
  const { serverVersion, database, schemaVersion, newestTime, agents } = dump;
  return { serverVersion, database, schemaVersion, newestTime, agents, server: serverOf(dump) };
}

const DIGITS = 12;

// A dump names neither its server nor, as a rule, its database; the oldest job stays the same from dump to dump.
function serverOf({ jobs, states }: Dump): string {
  const [oldest] = jobs;
  const created = states.get(oldest?.id ?? 0)?.created ?? '';
  const digest = createHash('sha256')
    .update(`${oldest?.id ?? ''} ${created}`)
    .digest('hex');
  return `dump-${digest.slice(0, DIGITS)}`;
}
