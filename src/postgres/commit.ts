import { Failure } from '../model/failure.ts';
import type { Client } from './connect.ts';
import { errorCode, isConnectionLost } from './plain-words.ts';

/**
 * Begins a transaction whose end can be asked for if the connection is lost.
 * @returns its id
 */
export async function begin(client: Client): Promise<string> {
  await client.query('BEGIN');
  const { rows } = await client.query<{ id: string }>('SELECT pg_catalog.txid_current()::text AS id');
  return rows[0]?.id ?? '';
}

/**
 * Commits. Where the connection is lost in that very moment, the server is asked what became of the transaction.
 * @param transactionId what `begin` gave
 * @param reconnect opens another session on that side
 * @throws Failure of code `unfinished` where it is not known; what the server said where nothing was written
 */
export async function commit(
  client: Client,
  transactionId: string,
  reconnect: () => Promise<Client>,
  side: 'source' | 'target',
): Promise<void> {
  await commitBefore(client, transactionId, null, reconnect, side);
}

/** What the server says to a commit that reaches it too late. */
const LATE = 'PGA2T';

/**
 * Commits, unless the message reaches the server after a deadline: a commit held up on its way changes nothing then, and the
 * transaction stands as before that message, failed. One held up within the server cannot be stopped: the caller measures it.
 * @param deadline milliseconds since 1970 UTC by that server's clock; null for none
 * @returns `late` where nothing was committed for that reason
 * @throws Failure as `commit`
 */
export async function commitBefore(
  client: Client,
  transactionId: string,
  deadline: number | null,
  reconnect: () => Promise<Client>,
  side: 'source' | 'target',
): Promise<'committed' | 'late'> {
  try {
    await client.query(deadline === null ? 'COMMIT' : `${refuseAfter(deadline)} COMMIT`);
    return 'committed';
  } catch (error) {
    if (errorCode(error) === LATE) return 'late';
    if (!isConnectionLost(error)) throw error;
    const status = await askForStatus(transactionId, reconnect);
    if (status === 'committed') return 'committed';
    if (status === 'aborted') throw error;
    throw new Failure(
      'unfinished',
      `The connection to the ${side} was lost while it committed, so it is not known whether that was done.`,
      'Run the same command again: it finishes, or finds that all of it is done.',
      { cause: error },
    );
  }
}

// In one message with the COMMIT: nothing comes between the two.
function refuseAfter(deadline: number): string {
  return `DO $$ BEGIN
  IF extract(epoch FROM pg_catalog.clock_timestamp()) * 1000 > ${Math.floor(deadline)} THEN
    RAISE EXCEPTION 'the commit came too late' USING ERRCODE = '${LATE}';
  END IF;
END $$;`;
}

const ATTEMPTS = 80;
const PAUSE_MILLISECONDS = 250;

/** `committed`, `aborted`, or null where the server does not come back, or cannot end the transaction, for twenty seconds. */
async function askForStatus(transactionId: string, reconnect: () => Promise<Client>): Promise<string | null> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const status = await askOnce(transactionId, reconnect).catch(() => null);
    if (status === 'committed' || status === 'aborted') return status;
    await new Promise((done) => setTimeout(done, PAUSE_MILLISECONDS));
  }
  return null;
}

async function askOnce(transactionId: string, reconnect: () => Promise<Client>): Promise<string | null> {
  const client = await reconnect();
  try {
    const { rows } = await client.query<{ status: string | null }>(
      'SELECT pg_catalog.txid_status($1::bigint) AS status',
      [transactionId],
    );
    return rows[0]?.status ?? null;
  } finally {
    await client.end();
  }
}
