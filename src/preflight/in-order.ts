import type { Check } from '../model/preflight.ts';
import { findBlockingLocks } from '../postgres/blocking-locks.ts';
import type { Client } from '../postgres/connect.ts';
import { together } from '../postgres/together.ts';
import { aboutLocks } from './about-target.ts';
import { unlessHidden } from './unless-hidden.ts';

/** Checks that are made at the same time, in the order in which they are printed. */
export async function inOrder(
  ...checks: readonly (readonly Check[] | Promise<readonly Check[]>)[]
): Promise<readonly Check[]> {
  return (await together(checks)).flat();
}

/** Locks of others on tables that the run writes into. */
export function aboutLocksOn(
  side: 'source' | 'target',
  client: Client,
  tables: readonly string[],
): Promise<readonly Check[]> {
  return unlessHidden(client, 'locks', async () => aboutLocks(side, await findBlockingLocks(client, tables)));
}
