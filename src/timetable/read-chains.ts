import { groupBy } from '../model/group-by.ts';
import type { TargetChain, TargetTask } from '../model/target-chain.ts';
import { withAbsent } from '../postgres/absent-columns.ts';
import type { Client } from '../postgres/connect.ts';

// The names of several chains of one schedule end in [1/3], that of the chain that holds their steps in [steps].
const BASE = `CASE WHEN chain_name LIKE '%]' THEN regexp_replace(chain_name, ' \\[([0-9]+/[0-9]+|steps)\\]$', '') ELSE chain_name END`;

const CHAINS = withAbsent(
  'NULL::text AS on_error',
  `
  SELECT chain_id::float8 AS "chainId", chain_name AS "chainName", run_at::text AS "runAt", client_name AS "clientName",
         coalesce(live, false) AS live, max_instances AS "maxInstances", coalesce(self_destruct, false) AS "selfDestruct",
         coalesce(exclusive_execution, false) AS "exclusiveExecution", coalesce(timeout, 0) AS timeout,
         on_error::text AS "onError",
         ${BASE} AS base
    FROM timetable.chain
   WHERE ${BASE} IN (SELECT unnest($1::text[]))`,
);

const TASKS = withAbsent(
  'true AS live',
  `
  SELECT chain_id::float8 AS "chainId", task_order AS "taskOrder", coalesce(task_name, '') AS "taskName", kind::text, command,
         coalesce(live, false) AS live, coalesce(autonomous, false) AS autonomous,
         coalesce(ignore_error, false) AS "ignoreError", database_connection AS "databaseConnection", run_as AS "runAs",
         coalesce(timeout, 0) AS timeout,
         (SELECT coalesce(jsonb_agg(p.value ORDER BY p.order_id), '[]') FROM timetable.parameter p WHERE p.task_id = task.task_id) AS parameters
    FROM timetable.task
   WHERE chain_id IN (SELECT unnest($1::bigint[]))`,
);

/** The chains that bear one of the names, or one with an addition for several chains of a schedule, by that name. */
export async function readChains(
  client: Client,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly TargetChain[]>> {
  const chains = await client.query<Omit<TargetChain, 'tasks'> & { base: string }>(
    `${CHAINS} ORDER BY "chainId"`,
    [names],
  );
  const tasks = await client.query<TargetTask & { chainId: number; taskOrder: number }>(
    `${TASKS} ORDER BY "taskOrder"`,
    [chains.rows.map(({ chainId }) => chainId)],
  );
  const tasksOf = groupBy(tasks.rows, ({ chainId }) => chainId);
  const byBase = groupBy(chains.rows, ({ base }) => base);
  return new Map(
    [...byBase].map(([base, rows]) => [
      base,
      rows.map(({ base: _, ...chain }) => ({
        ...chain,
        tasks: (tasksOf.get(chain.chainId) ?? []).map(({ chainId: _, taskOrder: __, ...task }) => task),
      })),
    ]),
  );
}

/** The chains that this tool made: the names of those that are none of the given ids, at most so many. */
export async function findStrayChains(
  client: Client,
  knownIds: readonly number[],
  most: number,
): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT chain_name AS name
       FROM timetable.chain c
      WHERE chain_id NOT IN (SELECT unnest($1::bigint[]))
        AND EXISTS (SELECT FROM timetable.task t
                     WHERE t.chain_id = c.chain_id AND t.task_order < 10
                       AND (t.command LIKE '%Made by pga2timetable:%' OR (t.task_name, t.command) = ('release snapshot', 'SELECT 1')))
      ORDER BY chain_name
      LIMIT $2`,
    [knownIds, most],
  );
  return rows.map(({ name }) => name);
}
