import type { JobRecord } from '../model/record.ts';
import type { Context } from '../transform/context.ts';

/**
 * What alone makes the plan of a job another than the one from the dump: something that a dump does not tell.
 * @param context of this run
 * @param digestBy of the job as it is now, planned by another context
 * @returns null where the job or the options may have changed too
 */
export function thanFromDump(
  { source, planDigest, plannedAt, chains }: JobRecord,
  context: Context,
  digestBy: (context: Context) => string,
): string | null {
  const names = chains.map(({ name }) => `"${name}"`).join(', ');
  const [server = '', ...database] = source.split('/');
  const named = {
    ...{ ...context, now: plannedAt },
    source: { ...context.source, server, database: database.join('/') },
  };
  if (digestBy(named) === planDigest)
    return `only the lock name of ${names} differs: the dump did not tell pgAgent's database and server`;
  const isSourceServer = !context.target.isSourceServer;
  if (digestBy({ ...named, target: { ...context.target, isSourceServer } }) === planDigest)
    return `only where steps of ${names} run differs: the dump did not tell whether pgAgent and the target share a server`;
  return null;
}
