import { Failure } from '../failure.ts';
import type { ChainPlan, TaskPlan } from '../plan.ts';
import type { Client } from '../postgres/connect.ts';

/** The ids that the target gave, in the order of the chains and tasks written. */
export interface WrittenIds {
  readonly chains: number[];
  readonly tasks: number[];
}

/** The advisory lock that keeps two runs apart; any number that is the same everywhere. */
const LOCK_KEY = '7377262311872209';

const CHAINS_A_BATCH = 500;
const CHARACTERS_A_BATCH = 4_000_000;

/**
 * Begins the one transaction of a run, under the advisory lock.
 * @returns the transaction's id, by which its end can be asked for if the connection is lost
 * @throws Failure of code `failed` where another run holds the lock
 */
export async function beginWriting(client: Client): Promise<string> {
  await client.query('BEGIN');
  await client.query("SET LOCAL lock_timeout = '10s'");
  await client.query('SET LOCAL statement_timeout = 0');
  await client.query('SET LOCAL idle_in_transaction_session_timeout = 0');
  const lock = await client.query<{ taken: boolean }>(
    'SELECT pg_catalog.pg_try_advisory_xact_lock($1::bigint) AS taken',
    [LOCK_KEY],
  );
  if (!lock.rows[0]?.taken) {
    throw new Failure(
      'failed',
      'Another pga2timetable is writing to this target.',
      'Wait until it has ended, then run this again.',
    );
  }
  const { rows } = await client.query<{ id: string }>('SELECT pg_catalog.txid_current()::text AS id');
  return rows[0]?.id ?? '';
}

/**
 * Writes chains with their tasks and parameters, inside the transaction that `beginWriting` began.
 * @param hasTaskLive whether timetable.task has the column live
 */
export async function writeChains(
  client: Client,
  chains: AsyncIterable<ChainPlan>,
  hasTaskLive: boolean,
): Promise<WrittenIds> {
  const ids: WrittenIds = { chains: [], tasks: [] };
  for await (const batch of batches(chains)) {
    const chainIds = await insertChains(client, batch);
    const tasks = batch.flatMap((chain, index) =>
      chain.tasks.map((task) => ({ chainId: chainIds[index] ?? 0, task })),
    );
    const taskIds = await insertTasks(client, tasks, hasTaskLive);
    await insertParameters(
      client,
      tasks.flatMap(({ task }, index) =>
        task.parameters.map((row, order) => ({
          taskId: taskIds[index] ?? 0,
          order: order + 1,
          value: JSON.stringify(row),
        })),
      ),
    );
    ids.chains.push(...chainIds);
    ids.tasks.push(...taskIds);
  }
  return ids;
}

async function* batches(chains: AsyncIterable<ChainPlan>): AsyncGenerator<readonly ChainPlan[]> {
  let batch: ChainPlan[] = [];
  let characters = 0;
  for await (const chain of chains) {
    batch.push(chain);
    characters += chain.tasks.reduce((sum, task) => sum + size(task), 0);
    if (batch.length < CHAINS_A_BATCH && characters < CHARACTERS_A_BATCH) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}

function size(task: TaskPlan): number {
  return task.command.length + task.parameters.flat().reduce((sum, argument) => sum + argument.length, 0);
}

async function insertChains(client: Client, chains: readonly ChainPlan[]): Promise<readonly number[]> {
  const { rows } = await client.query<{ id: string; name: string }>(
    `INSERT INTO timetable.chain (chain_name, run_at, max_instances, live, client_name, timeout)
     SELECT chain_name, run_at::timetable.cron, max_instances, live, client_name, timeout
       FROM unnest($1::text[], $2::text[], $3::int[], $4::bool[], $5::text[], $6::int[]) WITH ORDINALITY
            AS chains (chain_name, run_at, max_instances, live, client_name, timeout, position)
      ORDER BY position
     RETURNING chain_id AS id, chain_name AS name`,
    [
      chains.map(({ chainName }) => chainName),
      chains.map(({ runAt }) => runAt),
      chains.map(({ maxInstances }) => maxInstances),
      chains.map(({ live }) => live),
      chains.map(({ clientName }) => clientName),
      chains.map(({ timeout }) => timeout),
    ],
  );
  const idOf = new Map(rows.map(({ id, name }) => [name, Number(id)]));
  return chains.map(({ chainName }) => known(idOf.get(chainName), `chain "${chainName}"`));
}

interface PlacedTask {
  readonly chainId: number;
  readonly task: TaskPlan;
}

async function insertTasks(
  client: Client,
  tasks: readonly PlacedTask[],
  hasTaskLive: boolean,
): Promise<readonly number[]> {
  if (tasks.length === 0) return [];
  // Without the column a task that is not live was never planned.
  const live = hasTaskLive ? ', live' : '';
  const { rows } = await client.query<{ id: string; chainId: string; taskOrder: number }>(
    `INSERT INTO timetable.task
            (chain_id, task_order, task_name, kind, command, database_connection, ignore_error, autonomous${live})
     SELECT chain_id, task_order, task_name, kind::timetable.command_kind, command, database_connection, ignore_error, autonomous${live}
       FROM unnest($1::bigint[], $2::float8[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bool[], $8::bool[], $9::bool[])
            WITH ORDINALITY AS tasks
            (chain_id, task_order, task_name, kind, command, database_connection, ignore_error, autonomous, live, position)
      ORDER BY position
     RETURNING task_id AS id, chain_id AS "chainId", task_order AS "taskOrder"`,
    [
      tasks.map(({ chainId }) => chainId),
      tasks.map(({ task }) => task.taskOrder),
      tasks.map(({ task }) => task.taskName),
      tasks.map(({ task }) => task.kind),
      tasks.map(({ task }) => task.command),
      tasks.map(({ task }) => task.databaseConnection),
      tasks.map(({ task }) => task.ignoreError),
      tasks.map(({ task }) => task.autonomous),
      tasks.map(({ task }) => task.live),
    ],
  );
  const idOf = new Map(rows.map(({ id, chainId, taskOrder }) => [`${chainId} ${taskOrder}`, Number(id)]));
  return tasks.map(({ chainId, task }) =>
    known(idOf.get(`${chainId} ${task.taskOrder}`), `task "${task.taskName}"`),
  );
}

interface ParameterRow {
  readonly taskId: number;
  readonly order: number;
  readonly value: string;
}

async function insertParameters(client: Client, rows: readonly ParameterRow[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `INSERT INTO timetable.parameter (task_id, order_id, value)
     SELECT task_id, order_id, value::jsonb
       FROM unnest($1::bigint[], $2::int[], $3::text[]) AS parameters (task_id, order_id, value)`,
    [rows.map(({ taskId }) => taskId), rows.map(({ order }) => order), rows.map(({ value }) => value)],
  );
}

// A trigger of the target's owner may keep a row from being written.
function known(id: number | undefined, what: string): number {
  if (id !== undefined) return id;
  throw new Failure(
    'failed',
    `The target did not take the ${what}.`,
    'Look for triggers or rules on its tables.',
  );
}
