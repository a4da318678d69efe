import type { Client } from '../postgres/connect.ts';
import { errorCode } from '../postgres/plain-words.ts';

/** From so many chains on, an index pays: without one the foreign key reads all tasks for each chain that is deleted. */
const MANY = 100;
const NAME = 'pga2timetable_task_chain';
/** pg_timetable reads tasks as a chain starts, and keeps that lock while the chain runs. */
const LONGEST_WAIT = '200ms';
const NO_RIGHT_OR_LOCKED: readonly unknown[] = ['42501', '55P03'];

/**
 * Makes an index on the chains of timetable.task for the transaction under way, if many are to be deleted and this user may.
 * Measured (2,000 jobs): deleting them took 12.3 s without, 0.3 s with it.
 * @returns drops it again, to be called right before the commit, since until then nobody else can read tasks; it says false
 *   where chains that run keep it from that, so that the transaction must not be committed
 */
export async function indexTasks(client: Client, chains: number): Promise<() => Promise<boolean>> {
  const isMade =
    chains >= MANY &&
    (await attempt(client, `CREATE INDEX ${NAME} ON timetable.task (chain_id)`, () => isOfUse(client)));
  return async () => !isMade || attempt(client, `DROP INDEX timetable.${NAME}`);
}

// Where an older snapshot still sees a task as it was before a change, no query of this transaction may use the index.
async function isOfUse(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ isUsable: boolean }>(
    `SELECT NOT indcheckxmin AS "isUsable" FROM pg_catalog.pg_index WHERE indexrelid = 'timetable.${NAME}'::regclass`,
  );
  return rows[0]?.isUsable ?? false;
}

/** @returns whether it was done, and is of use; if not, the transaction is as before */
async function attempt(
  client: Client,
  sql: string,
  isUseful: () => Promise<boolean> = async () => true,
): Promise<boolean> {
  const { rows } = await client.query<{ patience: string }>(
    "SELECT current_setting('lock_timeout') AS patience",
  );
  await client.query(`SAVEPOINT task_index; SET LOCAL lock_timeout = '${LONGEST_WAIT}'`);
  try {
    await client.query(sql);
    if (await isUseful()) {
      await client.query(`SET LOCAL lock_timeout = '${rows[0]?.patience}'; RELEASE SAVEPOINT task_index`);
      return true;
    }
  } catch (error) {
    if (!NO_RIGHT_OR_LOCKED.includes(errorCode(error))) throw error;
  }
  await client.query('ROLLBACK TO SAVEPOINT task_index; RELEASE SAVEPOINT task_index');
  return false;
}
