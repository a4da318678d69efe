import { createHash } from 'node:crypto';
import type { ChainPlan, TaskPlan } from '../model/plan.ts';
import type { ChainNow } from '../model/record.ts';
import { withAbsent } from '../postgres/absent-columns.ts';
import type { Client } from '../postgres/connect.ts';

// pg_timetable has no index on task.chain_id: the tasks of all chains are gathered in one pass.
// All that decides what a chain does and when, `live` apart; a column that an older schema lacks is as if it had its default.
/**
 * SQL for chains as they stand now: id, live, digest, retires.
 * @param isWanted SQL for whether a chain is asked for, by the name of the column that holds its id
 */
export const chainsNow = (isWanted: (chainId: string) => string): string =>
  withAbsent(
    'true AS live, NULL::text AS on_error',
    `
  SELECT c.chain_id::float8 AS id,
         coalesce(c.live, false) AS live,
         encode(sha256(convert_to(json_build_array(
           c.chain_name, c.run_at, c.max_instances, coalesce(c.timeout, 0), coalesce(c.self_destruct, false),
           coalesce(c.exclusive_execution, false), c.client_name, coalesce(on_error::text, ''),
           t.tasks)::text, 'UTF8')), 'hex') AS digest,
         coalesce(t.retires, false) AS retires
    FROM timetable.chain c
    LEFT JOIN (
         SELECT k.chain_id,
                json_agg(json_build_array(
                  k.task_order, k.task_name, k.kind, k.command, coalesce(k.run_as, ''), coalesce(k.database_connection, ''),
                  coalesce(k.ignore_error, false), coalesce(k.autonomous, false), coalesce(k.timeout, 0), live,
                  (SELECT json_agg(json_build_array(p.order_id, p.value) ORDER BY p.order_id)
                     FROM timetable.parameter p
                    WHERE p.task_id = k.task_id))
                  ORDER BY k.task_order, k.task_id) AS tasks,
                bool_or(k.task_order < 10 AND k.command LIKE '%UPDATE timetable.chain SET live = false%') AS retires
           FROM timetable.task k
          WHERE ${isWanted('k.chain_id')}
          GROUP BY k.chain_id) t ON t.chain_id = c.chain_id
   WHERE ${isWanted('c.chain_id')}`,
  );

const CHAINS = chainsNow((id) => `${id} IN (SELECT unnest($1::bigint[]))`);

/** Chains as they stand now, by id; one that is gone is left out. */
export async function readChainsNow(
  client: Client,
  ids: readonly number[],
): Promise<ReadonlyMap<number, ChainNow>> {
  if (ids.length === 0) return new Map();
  const { rows } = await client.query<ChainNow>(CHAINS, [ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** The digest that `chainsNow` gives a chain which has been written as it is planned. */
export function digestAsWritten({
  chainName,
  runAt,
  maxInstances,
  timeout,
  clientName,
  tasks,
}: ChainPlan): string {
  const rows = tasks.length === 0 ? null : tasks.map(taskAsWritten);
  const chain = [chainName, runAt, maxInstances, timeout, false, false, clientName, '', rows];
  return createHash('sha256').update(jsonbText(chain)).digest('hex');
}

function taskAsWritten(task: TaskPlan): readonly Json[] {
  const { taskOrder, taskName, kind, command, databaseConnection, ignoreError, autonomous, live } = task;
  const parameters = task.parameters.map((row, index) => [index + 1, row]);
  return [
    ...[taskOrder, taskName, kind, command, '', databaseConnection ?? '', ignoreError, autonomous, 0, live],
    parameters.length === 0 ? null : parameters,
  ];
}

type Json = string | number | boolean | null | readonly Json[];

/** As PostgreSQL writes an array of json: like JSON, with a blank behind each comma. */
function jsonbText(value: Json): string {
  return Array.isArray(value) ? `[${value.map(jsonbText).join(', ')}]` : JSON.stringify(value);
}
