import type { Client } from './connect.ts';

/** Runs something of which nothing stays: no setting, and no aborted transaction where it fails. */
export async function withSavepoint<T>(client: Client, work: () => Promise<T>): Promise<T> {
  const isAlone = client.getTransactionStatus() === 'I';
  await client.query(isAlone ? 'BEGIN READ ONLY' : 'SAVEPOINT undoing');
  try {
    return await work();
  } finally {
    await client.query(isAlone ? 'ROLLBACK' : 'ROLLBACK TO SAVEPOINT undoing; RELEASE SAVEPOINT undoing');
  }
}
