import type { Client } from './connect.ts';

/** How many transactions of `withSavepoint` are on their way to a session that has no other. */
const ALONE = new WeakMap<Client, number>();

/** Whether a statement that is sent now comes into a transaction under way. */
export function isInTransaction(client: Client): boolean {
  return (ALONE.get(client) ?? 0) === 0 && client.getTransactionStatus() !== 'I';
}

/**
 * Runs something of which nothing stays: no setting, and no aborted transaction where it fails. All goes out in one round
 * trip, and may do so at the same time as others.
 * @param work sends all its statements before it waits for the first, and calls no `withSavepoint` of its own
 * @param first a statement that it begins with
 */
export async function withSavepoint<T>(client: Client, work: () => Promise<T>, first = ''): Promise<T> {
  const isAlone = !isInTransaction(client);
  const count = (change: number): void => {
    if (isAlone) ALONE.set(client, (ALONE.get(client) ?? 0) + change);
  };
  count(1);
  const [begun, done, ended] = await Promise.allSettled([
    client.query(`${isAlone ? 'BEGIN READ ONLY' : 'SAVEPOINT undoing'}; ${first}`),
    work(),
    client.query(isAlone ? 'ROLLBACK' : 'ROLLBACK TO SAVEPOINT undoing; RELEASE SAVEPOINT undoing'),
  ]);
  count(-1);
  if (begun.status === 'rejected') throw begun.reason;
  if (done.status === 'rejected') throw done.reason;
  if (ended.status === 'rejected') throw ended.reason;
  return done.value;
}
