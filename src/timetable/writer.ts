import { Failure } from '../model/failure.ts';
import type { ChainPlan, TaskPlan } from '../model/plan.ts';
import type { Client } from '../postgres/connect.ts';

/** The ids that the target gave, in the order of the chains and tasks written. */
export interface WrittenIds {
  readonly chains: readonly number[];
  readonly tasks: readonly number[];
}

/** The advisory lock that keeps two runs apart; any number that is the same everywhere. */
export const LOCK_KEY = '7377262311872209';

/**
 * Keeps other runs away from this target for as long as this session lasts.
 * @throws Failure of code `failed` where another run is at it
 */
export async function takeTurn(client: Client): Promise<void> {
  const lock = await client.query<{ taken: boolean }>(
    'SELECT pg_catalog.pg_try_advisory_lock($1::bigint) AS taken',
    [LOCK_KEY],
  );
  if (lock.rows[0]?.taken) return;
  throw new Failure(
    'failed',
    'Another pga2timetable is writing to this target.',
    'Wait until it has ended, then run this again.',
  );
}

/**
 * Writes chains with their tasks and parameters, inside the transaction under way.
 * @param hasTaskLive whether timetable.task has the column live
 */
export async function writeChains(
  client: Client,
  chains: readonly ChainPlan[],
  hasTaskLive: boolean,
): Promise<WrittenIds> {
  const chainIds = await insertChains(client, chains);
  const tasks = chains.flatMap((chain, index) =>
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
  return { chains: chainIds, tasks: taskIds };
}

/** Takes chains out, by their ids and by their names; their tasks and parameters go with them. */
export async function deleteChains(
  client: Client,
  ids: readonly number[],
  names: readonly string[],
): Promise<void> {
  if (ids.length + names.length === 0) return;
  await client.query(
    'DELETE FROM timetable.chain WHERE chain_id = ANY ($1::bigint[]) OR chain_name = ANY ($2::text[])',
    [ids, names],
  );
}

/** Switches chains on and off. */
export async function setLive(
  client: Client,
  changes: readonly { readonly chainId: number; readonly live: boolean }[],
): Promise<void> {
  if (changes.length === 0) return;
  await client.query(
    `UPDATE timetable.chain c SET live = n.live
       FROM unnest($1::bigint[], $2::bool[]) AS n (chain_id, live)
      WHERE c.chain_id = n.chain_id`,
    [changes.map(({ chainId }) => chainId), changes.map(({ live }) => live)],
  );
}

async function insertChains(client: Client, chains: readonly ChainPlan[]): Promise<readonly number[]> {
  if (chains.length === 0) return [];
  const lines = [...new Set(chains.map(({ runAt }) => runAt))];
  const places = new Map(lines.map((line, index) => [line, index + 1]));
  // The domain's check takes many times as long as the row: each line passes it once.
  const { rows } = await client.query<{ id: string; name: string }>(
    `WITH lines AS MATERIALIZED (
       SELECT place, line::timetable.cron AS run_at FROM unnest($7::text[]) WITH ORDINALITY AS l (line, place))
     INSERT INTO timetable.chain (chain_name, run_at, max_instances, live, client_name, timeout)
     SELECT c.chain_name, l.run_at, c.max_instances, c.live, c.client_name, c.timeout
       FROM unnest($1::text[], $2::int[], $3::int[], $4::bool[], $5::text[], $6::int[]) WITH ORDINALITY
            AS c (chain_name, place, max_instances, live, client_name, timeout, position)
       JOIN lines l USING (place)
      ORDER BY c.position
     RETURNING chain_id AS id, chain_name AS name`,
    [
      chains.map(({ chainName }) => chainName),
      chains.map(({ runAt }) => places.get(runAt) ?? 0),
      chains.map(({ maxInstances }) => maxInstances),
      chains.map(({ live }) => live),
      chains.map(({ clientName }) => clientName),
      chains.map(({ timeout }) => timeout),
      lines,
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

const LOOK_FOR_TRIGGERS = 'Check for triggers or rules on its tables.';

/** Whether the tables of chains have triggers or rules, which pg_timetable itself never makes. */
export async function hasOwnTriggers(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ hasSome: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = ANY (t.ids) AND NOT tgisinternal)
         OR EXISTS (SELECT FROM pg_catalog.pg_rewrite WHERE ev_class = ANY (t.ids)) AS "hasSome"
       FROM (SELECT ARRAY['timetable.chain', 'timetable.task', 'timetable.parameter']::regclass[]::oid[] AS ids) t`,
  );
  return rows[0]?.hasSome ?? false;
}

/** For a chain that is another once it is written. */
export function notAsWritten(chainName: string): Failure {
  return new Failure(
    'refused',
    `The target changed the chain "${chainName}" as it was written. Nothing was written.`,
    LOOK_FOR_TRIGGERS,
  );
}

// A trigger of the target's owner may keep a row from being written.
function known(id: number | undefined, what: string): number {
  if (id !== undefined) return id;
  throw new Failure('failed', `The target did not take the ${what}.`, LOOK_FOR_TRIGGERS);
}
